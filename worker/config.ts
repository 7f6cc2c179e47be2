import type { OrgKey } from '../shared/schema/org.ts'

/** Shortest secret that is taken, characters. */
const SECRET = 32

export type Secrets = {
  /** Names of stored things are derived from it: it never rotates. */
  naming: string
  /** Encryption keys are derived from these; the first one seals, all of them open. */
  roots: [string, ...string[]]
}

export type ProviderConfig =
  | { name: 'preview' }
  | { name: 'openai'; baseUrl: string; key?: string; parts: boolean }
  | { name: 'none'; detail: string }

/** The environment as values. `secrets` is left out where they are missing or too short. */
export type Config = {
  development: boolean
  secrets?: Secrets
  /** Signs app tokens of the org `demo`, in development only. */
  developmentKey?: OrgKey & { alg: 'HS256' }
  provider: ProviderConfig
}

export function readConfig(env: Partial<Record<keyof Cloudflare.Env, unknown>>): Config {
  const text = (name: keyof Cloudflare.Env): string => {
    const value = env[name]
    return typeof value === 'string' ? value.trim() : ''
  }
  const development = text('ENVIRONMENT') === 'development'
  const shared = text('DEVELOPMENT_KEY')
  const key = development && shared.length >= SECRET ? shared : undefined
  const naming = text('EDGEWISE_NAMING_SECRET') || (key ? `naming ${key}` : '')
  const roots = (text('EDGEWISE_ROOT_SECRETS') || (key ? `root ${key}` : ''))
    .split(',')
    .map((root) => root.trim())
    .filter((root) => root !== '')
  const secrets = readSecrets(naming, roots)
  return {
    development,
    ...(secrets ? { secrets } : {}),
    ...(key ? { developmentKey: { kid: 'development', alg: 'HS256', secret: key } } : {}),
    provider: readProvider(text, development),
  }
}

function readSecrets(naming: string, roots: string[]): Secrets | undefined {
  const [first, ...rest] = roots
  if (first === undefined) return undefined
  if ([naming, ...roots].some((secret) => secret.length < SECRET)) return undefined
  return { naming, roots: [first, ...rest] }
}

function readProvider(
  text: (name: keyof Cloudflare.Env) => string,
  development: boolean,
): ProviderConfig {
  const key = text('OPENAI_API_KEY')
  const name = text('PROVIDER') || (key ? 'openai' : 'preview')
  if (name === 'preview') return { name }
  if (name !== 'openai') return { name: 'none', detail: `PROVIDER "${name}" is not known` }
  const baseUrl = (text('OPENAI_BASE_URL') || 'https://api.openai.com/v1').replace(/\/+$/, '')
  if (!isSafeBase(baseUrl, development)) {
    return { name: 'none', detail: 'OPENAI_BASE_URL must be an https address' }
  }
  return { name, baseUrl, parts: text('OPENAI_CONTENT') !== 'string', ...(key ? { key } : {}) }
}

/** Keys and prompts leave over TLS only; to this machine, and in development, plain http will do. */
function isSafeBase(baseUrl: string, development: boolean): boolean {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined
  if (!url || url.username || url.password || url.search || url.hash) return false
  if (url.protocol === 'https:') return true
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  return url.protocol === 'http:' && (development || loopback)
}
