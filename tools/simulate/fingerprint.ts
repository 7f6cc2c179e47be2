import type { Segment } from '../../shared/cache-plan.ts'

/** A piece of the prompt as it is sent. */
export type Piece = { role: string; text: string; kind: Segment['kind'] }

/** A place in the prompt: tokens before it, and a hash of everything up to it. */
export type Mark = { tokens: number; hash: number }

/** `steps`: every full 128 (or `step`) tokens; `ends`: the end of each piece. */
export type Fingerprint = { tokens: number; steps: Mark[]; ends: Mark[] }

/**
 * Reads a prompt once, counting tokens as `estimateTokens` does (a quarter for a Latin letter or space, a
 * half for other ASCII) and hashing as it goes: equal prefixes have equal marks. Roles count as bytes of
 * the prefix, not as tokens. ASCII only, which is what the simulation writes.
 */
export function fingerprint(pieces: readonly Piece[], step: number): Fingerprint {
  const steps: Mark[] = []
  const ends: Mark[] = []
  let high = 0x811c9dc5
  let low = 0x9747b28c
  let quarters = 0
  let due = step * 4
  const mix = (code: number) => {
    high = Math.imul(high ^ code, 0x01000193)
    low = Math.imul(low ^ code, 0x5bd1e995)
    low ^= low >>> 13
  }
  const mark = (tokens: number): Mark => ({ tokens, hash: (high >>> 0) * 2 ** 21 + (low >>> 11) })
  for (const { role, text } of pieces) {
    for (let i = 0; i < role.length; i++) mix(role.charCodeAt(i) + 0x100)
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      const letter = code | 32
      mix(code)
      quarters += (letter >= 97 && letter <= 122) || code === 32 ? 1 : 2
      if (quarters >= due) {
        steps.push(mark(due / 4))
        due += step * 4
      }
    }
    ends.push(mark(Math.ceil(quarters / 4)))
  }
  return { tokens: Math.ceil(quarters / 4), steps, ends }
}
