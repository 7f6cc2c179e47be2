import { existsSync } from 'node:fs'
import { readArgs } from './read-args.ts'
import { makeSecrets, readSecrets, rotateRoots, secretsFile, writeSecrets } from './secrets.ts'

const help = `Makes the secrets of a deployment, in ${secretsFile} (git ignores it).

  npm run setup              makes them; existing ones are kept
  npm run setup -- --rotate  puts a new encryption secret in front; the older ones still open what they sealed

Providers' keys may be added to the file: "OPENAI_API_KEY", "ANTHROPIC_API_KEY". Then: npm run deploy
`
const { values } = readArgs({
  options: { rotate: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
})
if (values.help) process.stdout.write(help)
else if (values.rotate) {
  writeSecrets(rotateRoots(readSecrets()))
  process.stdout.write(
    `A new encryption secret stands first in ${secretsFile}. Deploy to use it.\n`,
  )
} else if (existsSync(secretsFile)) {
  process.stdout.write(`${secretsFile} is there already and was left as it is.\n`)
} else {
  writeSecrets(makeSecrets())
  process.stdout.write(`Wrote ${secretsFile}. Keep a copy in a safe place, then: npm run deploy\n`)
}
