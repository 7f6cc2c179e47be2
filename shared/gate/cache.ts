/** Keeps the last `size` values; the least recently used goes first. */
export type Cache<K, V> = {
  read: (key: K) => V | undefined
  /** Answers the value. */
  write: (key: K, value: V) => V
  clear: () => void
}

export function createCache<K, V>(size: number): Cache<K, V> {
  const entries = new Map<K, V>()
  const write = (key: K, value: V): V => {
    entries.delete(key)
    entries.set(key, value)
    if (entries.size > size) {
      const oldest = entries.keys().next()
      if (!oldest.done) entries.delete(oldest.value)
    }
    return value
  }
  return {
    read(key) {
      const value = entries.get(key)
      return value === undefined ? undefined : write(key, value)
    },
    write,
    clear: () => entries.clear(),
  }
}
