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

/** What the Worker reads of its surroundings. */
const known: readonly (keyof Parameters<typeof readConfig>[0])[] = [
  'EDGEWISE_NAMING_SECRET',
  'EDGEWISE_ROOT_SECRETS',
  'EDGEWISE_METRICS_TOKEN',
  'OPENAI_API_KEY',
  'OPENAI_BASE_URL',
  'OPENAI_CONTENT',
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_BASE_URL',
  'PROVIDER',
  'SOURCE_BINDINGS',
]

/** What of these the Worker would not take, and so pass over in silence, in words; `undefined` where it takes all. */
function wrongIn(given: Readonly<Record<string, string>>): string | undefined {
  const { secrets, metricsToken } = readConfig(given)
  const needed = 'must have 32 characters or more'
  if (!secrets) return `EDGEWISE_NAMING_SECRET, and each of EDGEWISE_ROOT_SECRETS, ${needed}`
  return given['EDGEWISE_METRICS_TOKEN'] && !metricsToken
    ? `EDGEWISE_METRICS_TOKEN ${needed}`
    : undefined
}

const random = () => randomBytes(32).toString('base64url')

export const makeSecrets = (): SecretsFile => ({
  EDGEWISE_NAMING_SECRET: random(),
  EDGEWISE_ROOT_SECRETS: random(),
})

/** Exits with a word of help where there are none, or none that the Worker takes. Names that it does not read are told. */
export function readSecrets(): SecretsFile {
  if (!existsSync(secretsFile)) {
    return stop(`There is no ${secretsFile}. Make one with: npm run setup`)
  }
  const read = SecretsFile.safeParse(parse(readFileSync(secretsFile, 'utf8')))
  if (!read.success) return stop(`${secretsFile} is no JSON object of texts with both secrets.`)
  const strangers = Object.keys(read.data).filter((name) => !known.some((own) => own === name))
  if (strangers.length > 0) {
    process.stderr.write(`${secretsFile}: the Worker reads no ${strangers.join(', ')}.\n`)
  }
  return withSecrets(read.data, secretsFile)
}

/** What was given, as it is; exits with a word of help where the Worker would not take it. */
export function withSecrets<T extends Record<string, string>>(given: T, where: string): T {
  const wrong = wrongIn(given)
  return wrong === undefined ? given : stop(`${where}: ${wrong}.`)
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
