/** Waits for `work` at most `ms`; `late` after that. What is late is left to finish unheard. */
export async function withDeadline<T>(work: Promise<T>, ms: number): Promise<T | 'late'> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer ?? null)
    work.catch(() => {})
  }
}
