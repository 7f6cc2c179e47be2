const prefix = 'edgewise-gate-'

/** Cache Storage for one version of the weights; other versions are dropped. Undefined where it is blocked. */
export async function openModelCache(version: string): Promise<Cache | undefined> {
  try {
    const name = `${prefix}${version}`
    for (const other of await caches.keys()) {
      if (other.startsWith(prefix) && other !== name) await caches.delete(other)
    }
    return await caches.open(name)
  } catch {
    return undefined
  }
}
