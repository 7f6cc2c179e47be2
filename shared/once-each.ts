/**
 * A function of objects that never change, computed once for each and kept as long as the object is: an
 * isolate reads a persona once and composes from it many times.
 */
export function onceEach<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, { value: V }>()
  return (key) => {
    let made = known.get(key)
    if (made === undefined) known.set(key, (made = { value: make(key) }))
    return made.value
  }
}
