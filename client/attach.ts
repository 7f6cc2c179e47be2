import type { Learning } from './learning.ts'
import type { Ask, AttachOptions, Verdict } from './types.ts'

/** The gate runs after the user has not typed for this long, ms. */
const PAUSE = 150

export type AttachTo = {
  field: HTMLTextAreaElement | HTMLInputElement
  options: AttachOptions
  decide: (ask: Ask) => Promise<Verdict>
  watch: Learning['watch']
  /** Opens session and gate, so that the first decision waits for neither. */
  warm: () => void
}

/** Decides while the user types; submitting the same text finds the decision ready. */
export function attachTo({ field, options, decide, watch, warm }: AttachTo): () => void {
  const listening = new AbortController()
  const { signal } = listening
  let timer: ReturnType<typeof setTimeout> | undefined
  const run = () => {
    const text = field.value
    if (text.trim() === '') return
    const { messages, conversation } = options
    const ask = { text, ...(messages ? { messages: messages() } : {}) }
    void decide(conversation === undefined ? ask : { ...ask, conversation })
  }
  const later = () => {
    clearTimeout(timer)
    timer = setTimeout(run, PAUSE)
  }
  void watch(field, signal).catch(() => undefined)
  field.addEventListener('input', later, { signal })
  field.addEventListener('focus', warm, { signal, once: true })
  // What the field holds already (a draft, a link's text) is decided on too.
  if (field.value !== '') later()
  return () => {
    clearTimeout(timer)
    listening.abort()
  }
}
