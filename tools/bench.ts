import { existsSync, readdirSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [name] = process.argv.slice(2)
const names = readdirSync('bench', { withFileTypes: true }).map((entry) =>
  entry.name.replace(/\.ts$/, ''),
)
const file = [`bench/${name}.ts`, `bench/${name}/index.ts`].find((path) => existsSync(path))
if (!file) {
  process.stdout.write(
    `Measures one question, as ratios within one run.\n\n  npm run bench -- NAME [--help]\n\nNAME: ${names.join(', ')}\n`,
  )
  process.exitCode = name === undefined || name === '--help' ? 0 : 2
} else await import(pathToFileURL(file).href)
