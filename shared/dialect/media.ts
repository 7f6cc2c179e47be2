import { isObject } from '../is-object.ts'
import { estimateTokens } from '../tokens.ts'

/** Pictures and sounds that stand in a request: `bytes` and `asText` of their base64, `tokens` as they count. */
export type Media = { bytes: number; asText: number; tokens: number }

/**
 * What one costs about, whatever its size: providers shrink a picture to some 1,500 tokens at most
 * (platform.openai.com/docs/guides/images-vision, docs.anthropic.com/en/docs/build-with-claude/vision).
 */
const EACH = 1500

/** A message, what a tool has answered in it, and the parts of that. */
const DEEPEST = 3

/** Where the parts of each kind hold their data. Documents are left out: their pages count as text. */
const dataOf: Readonly<Record<string, (part: Record<string, unknown>) => unknown>> = {
  image_url: ({ image_url: image }) => (isObject(image) ? image['url'] : image),
  input_image: ({ image_url: url }) => url,
  image: ({ source }) => (isObject(source) ? source['data'] : undefined),
  input_audio: ({ input_audio: audio }) => (isObject(audio) ? audio['data'] : undefined),
}

/** Adds up the media in the messages of a body, in any dialect, also in what tools have answered. */
export function mediaIn(body: Readonly<Record<string, unknown>>): Media {
  const found: Media = { bytes: 0, asText: 0, tokens: 0 }
  const look = (parts: unknown, depth: number): void => {
    if (!Array.isArray(parts) || depth > DEEPEST) return
    for (const part of parts.filter(isObject)) {
      const type = String(part['type'])
      const data = Object.hasOwn(dataOf, type) ? dataOf[type]?.(part) : undefined
      if (typeof data === 'string' && !data.startsWith('http')) {
        found.bytes += data.length
        found.asText += estimateTokens(data)
        found.tokens += EACH
      }
      look(part['content'], depth + 1)
      look(part['output'], depth + 1)
    }
  }
  look(body['messages'] ?? body['input'], 0)
  return found
}
