/** Keys and values on this device. Each call is one transaction; all may reject. */
export type DeviceStore = {
  /** Whether something was ever stored here: looking leaves no trace. */
  exists(): Promise<boolean>
  get(key: string): Promise<unknown>
  /** Reads, changes and writes in one transaction, and answers what was written; `undefined` writes nothing. */
  update<T>(key: string, change: (old: unknown) => T | undefined): Promise<T | undefined>
  clear(): Promise<void>
}
