import { clear, createStore, get, update, type UseStore } from 'idb-keyval'
import { within } from '../clock.ts'
import type { DeviceStore } from './port.ts'

const NAME = 'edgewise'
/** `open` can hang for ever (private windows, a locked profile): after this, ms, the store counts as blocked. */
const DEADLINE = 1000

/**
 * IndexedDB `edgewise`, store `kv`, opened at the first call. Every call rejects where IndexedDB is
 * missing, refuses, or does not answer within a second.
 */
export function createDeviceStore(): DeviceStore {
  let opened: UseStore | undefined
  const store = () => (opened ??= createStore(NAME, 'kv'))
  async function answer<T>(call: () => Promise<T>): Promise<T> {
    // Wrapped in a list: `undefined` is a proper answer too.
    const answered = await within(
      call().then((value) => [value] as const),
      DEADLINE,
    )
    if (answered) return answered[0]
    opened = undefined
    throw new Error('IndexedDB does not answer')
  }
  return {
    exists: () => answer(exists),
    get: (key) => answer(() => get<unknown>(key, store())),
    update: (key, change) => answer(() => updateOrLeave(key, change, store())),
    clear: () => answer(() => clear(store())),
  }
}

async function updateOrLeave<T>(
  key: string,
  change: (old: unknown) => T | undefined,
  store: UseStore,
): Promise<T | undefined> {
  let written: T | undefined
  let left = false
  const changeOrThrow = (old: unknown) => {
    written = change(old)
    left = written === undefined
    // The one way to end idb-keyval's transaction without a write.
    if (left) throw new Error('left as it is')
    return written
  }
  try {
    await update<unknown>(key, changeOrThrow, store)
  } catch (cause) {
    if (!left) throw cause
  }
  return written
}

/** Opening would make the database: a version change that is undone leaves nothing behind. */
function exists(): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME)
    let absent = false
    request.addEventListener('upgradeneeded', () => {
      absent = true
      request.transaction?.abort()
    })
    request.addEventListener('success', () => {
      request.result.close()
      resolve(true)
    })
    request.addEventListener('error', (event) => {
      event.preventDefault()
      if (absent) resolve(false)
      else reject(request.error ?? new Error('IndexedDB refuses'))
    })
  })
}
