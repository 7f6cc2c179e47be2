import type { ProviderFamily } from './ports.ts'

export type ProviderConfig =
  | { name: 'preview' }
  | { name: 'openai'; baseUrl: string; key?: string; parts: boolean }
  | { name: 'anthropic'; baseUrl: string; key?: string }
  | { name: 'none'; detail: string }

/** Who answers each dialect. */
export type ProviderConfigs = Record<ProviderFamily, ProviderConfig>

type Text = (
  name:
    | 'PROVIDER'
    | 'OPENAI_API_KEY'
    | 'OPENAI_BASE_URL'
    | 'OPENAI_CONTENT'
    | 'ANTHROPIC_API_KEY'
    | 'ANTHROPIC_BASE_URL',
) => string

const known = ['openai', 'anthropic']

/**
 * A provider is there where PROVIDER names it (a list, with commas), and where its key is set, also
 * beside the one that PROVIDER names. With neither, `preview` answers everything.
 */
export function readProviders(text: Text, development: boolean): ProviderConfigs {
  const named = text('PROVIDER')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const has = {
    openai: text('OPENAI_API_KEY') !== '',
    anthropic: text('ANTHROPIC_API_KEY') !== '' || text('ANTHROPIC_BASE_URL') !== '',
  }
  const isPreview =
    named.includes('preview') || (named.length === 0 && !has.openai && !has.anthropic)
  if (isPreview) return { openai: { name: 'preview' }, anthropic: { name: 'preview' } }
  const unknown = named.find((name) => !known.includes(name))
  const none = (detail: string): ProviderConfig => ({ name: 'none', detail })
  if (unknown !== undefined) {
    const stray = none(`PROVIDER "${unknown}" is not known`)
    return { openai: stray, anthropic: stray }
  }
  const on = (name: ProviderFamily) => named.includes(name) || has[name]
  return {
    openai: on('openai')
      ? openaiFrom(text, development)
      : none('OPENAI_API_KEY is not set, and PROVIDER does not name openai'),
    anthropic: on('anthropic')
      ? anthropicFrom(text, development)
      : none('ANTHROPIC_API_KEY is not set, and PROVIDER does not name anthropic'),
  }
}

/** What `/healthz` says of it: `openai`, `openai, anthropic`, `preview`, `none`. */
export function nameProviders({ openai, anthropic }: ProviderConfigs): string {
  const names = new Set([openai.name, anthropic.name])
  if (names.size > 1) names.delete('none')
  return [...names].join(', ')
}

function openaiFrom(text: Text, development: boolean): ProviderConfig {
  const baseUrl = (text('OPENAI_BASE_URL') || 'https://api.openai.com/v1').replace(/\/+$/, '')
  if (!isSafeBase(baseUrl, development)) return unsafe('OPENAI_BASE_URL')
  const parts = text('OPENAI_CONTENT') !== 'string'
  return { name: 'openai', baseUrl, parts, ...keyOf(text('OPENAI_API_KEY')) }
}

/** With or without `/v1` at its end: SDKs differ in what they call the base. */
function anthropicFrom(text: Text, development: boolean): ProviderConfig {
  const given = text('ANTHROPIC_BASE_URL') || 'https://api.anthropic.com'
  const baseUrl = given.replace(/\/+$/, '').replace(/\/v1$/, '')
  if (!isSafeBase(baseUrl, development)) return unsafe('ANTHROPIC_BASE_URL')
  return { name: 'anthropic', baseUrl, ...keyOf(text('ANTHROPIC_API_KEY')) }
}

const keyOf = (key: string) => (key ? { key } : {})
const unsafe = (name: string): ProviderConfig => ({
  name: 'none',
  detail: `${name} must be an https address`,
})

/** Keys and prompts leave over TLS only; to this machine, and in development, plain http will do. */
function isSafeBase(baseUrl: string, development: boolean): boolean {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined
  if (!url || url.username || url.password || url.search || url.hash) return false
  if (url.protocol === 'https:') return true
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  return url.protocol === 'http:' && (development || loopback)
}
