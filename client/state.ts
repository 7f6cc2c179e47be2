/** State of something that is fetched: a failure keeps the last value. */
export type State<T> =
  | { status: 'idle' }
  | { status: 'loading'; stale?: T }
  | { status: 'ready'; value: T }
  | { status: 'failed'; cause: unknown; stale?: T }

/** A value that can be watched. `subscribe` calls back at every change, and answers how to stop. */
export type Observable<T> = {
  readonly value: T
  subscribe(listener: (value: T) => void): () => void
}

/** The owner's side of an observable: listeners are told once a microtask, and only of real changes. */
export function createObservable<T extends object>(first: T) {
  const listeners = new Set<(value: T) => void>()
  let value = first
  let told = true
  const tell = () => {
    told = true
    for (const listener of listeners) {
      try {
        listener(value)
      } catch (cause) {
        // A listener is the page's code: its mistake is reported there and stops nothing here.
        reportError(cause)
      }
    }
  }
  return {
    get value() {
      return value
    },
    subscribe(listener: (value: T) => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    set(change: Partial<T>) {
      // Parts are small and made anew each time: what they say counts, not which object says it.
      let same = true
      for (const key in change) same &&= JSON.stringify(change[key]) === JSON.stringify(value[key])
      if (same) return
      value = { ...value, ...change }
      if (!told) return
      told = false
      queueMicrotask(tell)
    },
  }
}
