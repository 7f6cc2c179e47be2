import type { Segment } from '../../shared/cache-plan.ts'

/** A piece of the prompt as it is sent. */
export type Piece = { role: string; text: string; kind: Segment['kind'] }

/** A place in the prompt: tokens before it, and a hash of everything up to it. */
export type Mark = { tokens: number; hash: number }

/** `steps`: every full 128 (or `step`) tokens; `ends`: the end of each piece. */
export type Fingerprint = { tokens: number; steps: Mark[]; ends: Mark[] }

/** Where reading stands: two hashes of 32 bits, quarters of tokens, and the quarters of the next step. */
type State = { high: number; low: number; quarters: number; due: number }
type Read = { state: State; steps: Mark[] }

const hashOf = (high: number, low: number): number => (high >>> 0) * 2 ** 21 + (low >>> 11)

/**
 * Reads prompts, counting tokens as `estimateTokens` does (a quarter for a Latin letter or space, a half
 * for other ASCII) and hashing as it goes: equal prefixes have equal marks. Roles count as bytes of the
 * prefix, not as tokens. ASCII only, which is what the simulation writes. What was read before is
 * remembered up to the first block: behind it, prefixes do not come back.
 */
export function createFingerprint(step: number): (pieces: readonly Piece[]) => Fingerprint {
  const known = new Map<number, Map<string, Read>>()

  function readOnce(start: State, { role, text }: Piece): Read {
    const from = hashOf(start.high, start.low)
    const seen = known.get(from) ?? new Map<string, Read>()
    known.set(from, seen)
    const key = `${role}:${text}`
    const read = seen.get(key) ?? readPiece(start, { role, text }, step)
    seen.set(key, read)
    return read
  }

  return function fingerprint(pieces) {
    const steps: Mark[] = []
    const ends: Mark[] = []
    let state: State = { high: 0x811c9dc5, low: 0x9747b28c, quarters: 0, due: step * 4 }
    let returns = true
    for (const piece of pieces) {
      returns = returns && piece.kind !== 'block'
      const read = returns ? readOnce(state, piece) : readPiece(state, piece, step)
      state = read.state
      steps.push(...read.steps)
      ends.push({ tokens: Math.ceil(state.quarters / 4), hash: hashOf(state.high, state.low) })
    }
    return { tokens: Math.ceil(state.quarters / 4), steps, ends }
  }
}

/** FNV-1a, and a multiply-and-shift beside it: together 53 bits. */
function readPiece(start: State, { role, text }: Pick<Piece, 'role' | 'text'>, step: number): Read {
  let { high, low, quarters, due } = start
  const steps: Mark[] = []
  for (let i = 0; i < role.length; i++) {
    const code = role.charCodeAt(i) + 0x100
    high = Math.imul(high ^ code, 0x01000193)
    low = Math.imul(low ^ code, 0x5bd1e995)
    low ^= low >>> 13
  }
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const letter = code | 32
    high = Math.imul(high ^ code, 0x01000193)
    low = Math.imul(low ^ code, 0x5bd1e995)
    low ^= low >>> 13
    quarters += (letter >= 97 && letter <= 122) || code === 32 ? 1 : 2
    if (quarters < due) continue
    steps.push({ tokens: due / 4, hash: hashOf(high, low) })
    due += step * 4
  }
  return { state: { high, low, quarters, due }, steps }
}
