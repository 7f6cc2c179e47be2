import type { OrgKey } from '../shared/schema/org.ts'
import { readProviders, type ProviderConfigs } from './provider-config.ts'

/** Shortest secret that is taken, characters. */
const SECRET = 32

export type Secrets = {
  /** Names of stored things are derived from it: it never rotates. */
  naming: string
  /** Encryption keys are derived from these; the first one seals, all of them open. */
  roots: [string, ...string[]]
}

/** The environment as values. `secrets` is left out where they are missing or too short. */
export type Config = {
  development: boolean
  secrets?: Secrets
  /** Signs app tokens of the org `demo`, in development only. */
  developmentKey?: OrgKey & { alg: 'HS256' }
  providers: ProviderConfigs
  /** Service bindings that may be context sources. */
  sourceBindings: string[]
  /** Reads the metrics of all orgs. */
  metricsToken?: string
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
  const sourceBindings = text('SOURCE_BINDINGS')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const metricsToken = text('EDGEWISE_METRICS_TOKEN')
  return {
    development,
    ...(secrets ? { secrets } : {}),
    ...(key ? { developmentKey: { kid: 'development', alg: 'HS256', secret: key } } : {}),
    providers: readProviders(text, development),
    sourceBindings,
    ...(metricsToken.length >= SECRET ? { metricsToken } : {}),
  }
}

function readSecrets(naming: string, roots: string[]): Secrets | undefined {
  const [first, ...rest] = roots
  if (first === undefined) return undefined
  if ([naming, ...roots].some((secret) => secret.length < SECRET)) return undefined
  return { naming, roots: [first, ...rest] }
}
