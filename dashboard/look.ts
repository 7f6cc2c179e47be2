/** Asks for something again and again. */
export type Look = {
  /** Asks now; what was asked before no longer counts. */
  now(): Promise<void>
  /** Asks, unless it is being asked already: an answer that takes long would never be shown. */
  again(): void
}

type Asking<T> = {
  token: () => string
  /** Never rejects. */
  load: (token: string) => Promise<T>
  show: (loaded: T) => void
}

/** Shows the answer to the newest question, as long as the one who asked is still signed in. */
export function createLook<T>({ token, load, show }: Asking<T>): Look {
  let asked = 0
  let underWay = 0

  async function now(): Promise<void> {
    const own = token()
    if (own === '') return
    const mine = ++asked
    underWay++
    const loaded = await load(own)
    underWay--
    if (mine === asked && token() === own) show(loaded)
  }

  return {
    now,
    again() {
      if (underWay === 0) void now()
    },
  }
}
