/** Longest wait for a quiet moment, ms. */
const LATEST = 2000

/** Runs once the page has loaded and is quiet; never outside a document. Answers how to call it off. */
export function whenIdle(run: () => void): () => void {
  if (typeof document === 'undefined') return () => undefined
  const waiting = new AbortController()
  const start = () => {
    if (!waiting.signal.aborted) run()
  }
  const soon = () => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(start, { timeout: LATEST })
    // Safari has no idle callbacks.
    else setTimeout(start, 200)
  }
  if (document.readyState === 'complete') soon()
  else addEventListener('load', soon, { signal: waiting.signal, once: true })
  return () => waiting.abort()
}
