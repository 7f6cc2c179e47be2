/** Seeded random numbers: the same seed gives the same run everywhere. */
export type Random = {
  /** From 0 up to 1. */
  next(): number
  /** A whole number, both ends included. */
  between(low: number, high: number): number
  pick<T>(items: readonly [T, ...T[]] | readonly T[]): T
  /** True with this probability. */
  chance(share: number): boolean
  /** Log-normal with this median. */
  logNormal(median: number, sigma: number): number
  /** A stream of its own, the same however much is drawn from this one. */
  fork(stream: number): Random
}

/** True for this share of the calls, evenly spread over them: a stated share is met and not just likely. */
export type Share = (share: number) => boolean

/** The fractional parts of multiples of the golden ratio fill the unit interval evenly. */
export function createShare(random: Random): Share {
  let at = random.next()
  return (share) => {
    at = (at + 0.618_033_988_749_895) % 1
    return at < share
  }
}

/** mulberry32 (Tommy Ettinger, public domain): 32 bits of state are plenty for a few million draws. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick<T>(items: readonly T[]): T {
      const item = items[Math.floor(next() * items.length)]
      if (item === undefined) throw new Error('There is nothing to pick from.')
      return item
    },
    chance: (share) => next() < share,
    fork: (stream) => createRandom(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(stream, 0x85ebca6b)),
    logNormal(median, sigma) {
      const radius = Math.sqrt(-2 * Math.log(1 - next()))
      return median * Math.exp(sigma * radius * Math.cos(2 * Math.PI * next()))
    },
  }
}

const vocabulary =
  'about above after again along answer around because before better between bring build change check clear close could course cover design early enough every example explain find first follow form given group happen help house idea inside keep large later learn leave letter light line little local make matter maybe mean might model money month morning move need never night number offer often open order other paper part people place plan point power problem question quick quite rather reason right second seem short should side simple small sound start state still story table take thing think through time today together turn under until use very water week where which while white whole without word work world would write year'.split(
    ' ',
  )

/** Plain sentences of about so many tokens (four letters or spaces each). */
export function prose(random: Random, tokens: number): string {
  let text = ''
  while (text.length < tokens * 4 - 2) {
    const word = random.pick(vocabulary)
    text += text === '' ? word : ` ${word}`
  }
  return text
}
