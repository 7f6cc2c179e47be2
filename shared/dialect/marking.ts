import { isObject } from '../is-object.ts'

type Body = Readonly<Record<string, unknown>>

/** How prompts of a dialect are marked for the provider's cache. */
export type Marking = {
  field: 'cache_control' | 'prompt_cache_breakpoint'
  /** The member that marks a part. */
  marker: string
  /** What text parts are called. */
  type: 'text' | 'input_text'
  /** Whether a part of such a message can be marked; texts without words cannot. */
  canMark(part: unknown, role: unknown): boolean
  /** The provider takes `prompt_cache_key`. */
  key: boolean
  /** A marker that the app sets at the prompt's end, whatever stands there: seconds that it lives. */
  atEnd(body: Body): { ttl?: number } | undefined
  /** Whether the app steers the cache in the request itself: then nothing is marked. */
  isSteered(body: Body): boolean
  /** The request's member that keeps the provider from marking the prompt's end by itself. */
  exclusive(body: Body): string | undefined
}

const hasWords = (part: Body): boolean =>
  typeof part['text'] !== 'string' || part['text'].trim() !== ''

/** Seconds of Anthropic's longer life. */
export const HOUR = 3600

/** Anthropic: any block but thinking; source: platform.claude.com/docs, prompt caching. */
const anthropicParts = ['text', 'image', 'document', 'tool_use', 'tool_result', 'search_result']

export const cacheControl: Marking = {
  field: 'cache_control',
  marker: '"cache_control":{"type":"ephemeral"}',
  type: 'text',
  canMark: (part) =>
    isObject(part) && anthropicParts.includes(String(part['type'])) && hasWords(part),
  key: false,
  atEnd: ({ cache_control: marker }) =>
    isObject(marker) ? (marker['ttl'] === '1h' ? { ttl: HOUR } : {}) : undefined,
  isSteered: () => false,
  exclusive: () => undefined,
}

const openaiParts = ['text', 'image_url', 'file', 'input_text', 'input_image', 'input_file']
const given = ['system', 'developer', 'user']

/**
 * OpenAI: parts of what the model is given, not of what it said; source: openai-node 7.57. Options beside
 * the deprecated `prompt_cache_retention` are refused, it is said: they are left out there.
 */
export const breakpoints = (type: Marking['type']): Marking => ({
  field: 'prompt_cache_breakpoint',
  marker: '"prompt_cache_breakpoint":{"mode":"explicit"}',
  type,
  canMark: (part, role) =>
    given.includes(String(role)) &&
    isObject(part) &&
    openaiParts.includes(String(part['type'])) &&
    hasWords(part),
  key: true,
  atEnd: () => undefined,
  isSteered: (body) => body['prompt_cache_options'] !== undefined,
  exclusive: (body) =>
    body['prompt_cache_retention'] === undefined
      ? '"prompt_cache_options":{"mode":"explicit"}'
      : undefined,
})
