/** Waits between readings while something is on its way to the edge, ms: about two minutes, then no more. */
const waits = [1000, 2000, 4000, 8000, 15_000, 30_000, 60_000]

/** Reads again, ever less often, until what is on its way has arrived; more on its way starts anew. */
export function createFollowUp(read: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let travelling = 0
  let tries = 0

  function wait(): void {
    clearTimeout(timer)
    const ms = waits[tries]
    if (travelling === 0 || ms === undefined) return
    timer = setTimeout(() => {
      tries++
      read()
      wait()
    }, ms)
  }
  return {
    /** `count`: how much is on its way now. */
    update(count: number): void {
      if (count === travelling) return
      if (count > travelling) tries = 0
      travelling = count
      wait()
    },
    stop(): void {
      clearTimeout(timer)
      travelling = 0
    },
  }
}
