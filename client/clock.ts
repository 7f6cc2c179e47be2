/** What the composition root of the page takes from outside: time and randomness. */
export type Ambient = { now: () => number; newId: () => string }

/** Wall clock in ms since 1970, and ids of 22 letters, digits, `-` and `_`. */
export const pageAmbient: Ambient = {
  // oxlint-disable-next-line no-restricted-globals, no-restricted-properties -- the root's one clock
  now: () => Date.now(),
  newId: () =>
    // Not randomUUID: pages on plain http have only this one.
    Array.from(crypto.getRandomValues(new Uint8Array(22)), (byte) => letters[byte & 63]).join(''),
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** `undefined` when the promise has not answered within `ms`. A later rejection is nobody's. */
export function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms, undefined)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
