/**
 * How a part of the platform behaves for a while. `loses`: the call is carried out, its answer never comes
 * back; `hangs`: neither.
 */
export type Health = 'up' | 'rejects' | 'loses' | 'hangs'

const down = (): Promise<never> => Promise.reject(new Error('this binding is down'))

function call(health: Health, work: () => unknown): unknown {
  if (health === 'up') return work()
  if (health === 'hangs') return new Promise(() => {})
  return health === 'loses' ? Promise.resolve(work()).then(down) : down()
}

/** Methods that answer at once with a part of the same binding: what is called on that part may fail. */
const parts = new Set(['getByName', 'prepare', 'bind'])

/** The real statement behind a wrapped one: D1 takes no other in a batch. */
const behind = new WeakMap<object, object>()
const unwrap = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(unwrap)
    : typeof value === 'object' && value !== null
      ? (behind.get(value) ?? value)
      : value

/** A real binding (namespace, queue, KV, D1) whose calls fail as `health` says at that moment. */
export function failingBinding<T extends object>(real: T, health: () => Health): T {
  const wrapped = new Proxy(real, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function' || typeof name === 'symbol') return value
      return (...given: unknown[]) => {
        const work = (): unknown => Reflect.apply(value, target, unwrap(given) as unknown[])
        if (!parts.has(name)) return call(health(), work)
        return failingBinding(work() as object, health)
      }
    },
  })
  behind.set(wrapped, real)
  return wrapped
}
