/** A value that may have to be waited for. */
export type Later<T> = T | Promise<T>

/** A computation that yields what it waits for, so that one text serves both tiers, sync and async. */
export type Steps<T> = Generator<Promise<void>, T, void>

/** `const value = yield* wait(later)`; a value that is there already does not yield. */
export function* wait<T>(later: Later<T>): Steps<T> {
  if (!(later instanceof Promise)) return later
  const arrived: T[] = []
  yield later.then((value) => void arrived.push(value))
  for (const value of arrived) return value
  throw new Error('the steps went on before the value had arrived')
}

/** Runs steps that never wait. Throws if one does: its reader is not a synchronous one. */
export function runNow<T>(steps: Steps<T>): T {
  const step = steps.next()
  if (!step.done) throw new Error('a synchronous gate cannot wait')
  return step.value
}

export async function runLater<T>(steps: Steps<T>): Promise<T> {
  let step = steps.next()
  while (!step.done) {
    await step.value
    step = steps.next()
  }
  return step.value
}
