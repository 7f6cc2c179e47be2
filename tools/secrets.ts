import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** Where the secrets of the deployment lie; git ignores it. Keep a copy in a safe: the names never rotate. */
export const secretsFile = '.secrets.json'

export type SecretsFile = {
  EDGEWISE_NAMING_SECRET: string
  EDGEWISE_ROOT_SECRETS: string
} & Record<string, string>

const random = () => randomBytes(32).toString('base64url')

export const makeSecrets = (): SecretsFile => ({
  EDGEWISE_NAMING_SECRET: random(),
  EDGEWISE_ROOT_SECRETS: random(),
})

/** Exits with a word of help where there are none. */
export function readSecrets(): SecretsFile {
  if (existsSync(secretsFile)) return JSON.parse(readFileSync(secretsFile, 'utf8'))
  process.stderr.write(`There is no ${secretsFile}. Make one with: npm run setup\n`)
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
