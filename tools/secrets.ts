import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { readConfig } from '../worker/config.ts'

/** Where the secrets of the deployment lie; git ignores it. Keep a copy in a safe: the names never rotate. */
export const secretsFile = '.secrets.json'

const SecretsFile = z.catchall(
  z.object({ EDGEWISE_NAMING_SECRET: z.string(), EDGEWISE_ROOT_SECRETS: z.string() }),
  z.string(),
)
export type SecretsFile = z.infer<typeof SecretsFile>

/** What the Worker asks of them: with less it answers nothing. */
export const secretsRule =
  'EDGEWISE_NAMING_SECRET, and each of EDGEWISE_ROOT_SECRETS, must have 32 characters or more'

const random = () => randomBytes(32).toString('base64url')

export const makeSecrets = (): SecretsFile => ({
  EDGEWISE_NAMING_SECRET: random(),
  EDGEWISE_ROOT_SECRETS: random(),
})

/** Exits with a word of help where there are none, or none that the Worker takes. */
export function readSecrets(): SecretsFile {
  if (!existsSync(secretsFile)) {
    return stop(`There is no ${secretsFile}. Make one with: npm run setup`)
  }
  const read = SecretsFile.safeParse(parse(readFileSync(secretsFile, 'utf8')))
  if (!read.success) return stop(`${secretsFile} is no JSON object of texts with both secrets.`)
  return readConfig(read.data).secrets ? read.data : stop(`${secretsFile}: ${secretsRule}.`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function stop(why: string): never {
  process.stderr.write(`${why}\n`)
  return process.exit(1)
}

export function writeSecrets(secrets: SecretsFile): void {
  writeFileSync(secretsFile, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 })
}

/** A new root secret in front: it seals from the next deploy on, the older ones still open. */
export const rotateRoots = (secrets: SecretsFile): SecretsFile => ({
  ...secrets,
  EDGEWISE_ROOT_SECRETS: [random(), ...secrets.EDGEWISE_ROOT_SECRETS.split(',')].join(','),
})
