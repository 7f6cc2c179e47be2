import { pageAmbient } from '../clock.ts'
import type { ReceiptEntry } from '../types.ts'
import type { Edgewise } from '../edgewise.ts'
import { ElementBase, languageOf, localeOf, takeEarlyProperty } from './base.ts'
import type { Known, PanelContext } from './context.ts'
import { element } from './element.ts'
import { createFollowUp } from './follow-up.ts'
import { createLeaving } from './leaving.ts'
import { createPanelView, type PanelView } from './panel-view.ts'
import { adoptStyle } from './style.ts'
import { textsFor, type Texts } from './texts.ts'

/** Even the code that reads them could not be fetched. */
const unreadable: Known = {
  facts: [],
  facets: { style: {}, expertise: [], goals: [] },
  problem: { code: 'internal' },
}

/** How long a result stays to be read, ms. */
const spoken = 8000

/**
 * `<edgewise-panel>`: all that is known about the user, what was done with it, and how to change or end it.
 *
 * Properties: `edgewise` (the instance; `window.edgewise` where left out), `again` (called to answer the
 * last question without context; or the attribute `again` and the event `edgewise:again`), `texts`
 * (over the built-in ones). Attributes: `lang`, `theme` (`light` or `dark`). Colours: `--edgewise-*`.
 * Event `edgewise:facts`: its `detail.count` says how many are known, for a badge of the app's own.
 */
export class EdgewisePanel extends ElementBase {
  static readonly observedAttributes = ['lang', 'again']

  #edgewise: Edgewise | undefined
  #texts: Partial<Texts> = {}
  #again: ((entry: ReceiptEntry) => void) | undefined
  #view: PanelView | undefined
  #known: Known | undefined
  #stop: (() => void) | undefined
  #reading = false
  #stale = false
  #quiet: ReturnType<typeof setTimeout> | undefined
  readonly #followUp = createFollowUp(() => void this.#read())

  get edgewise(): Edgewise | undefined {
    return this.#edgewise
  }
  set edgewise(edgewise: Edgewise | undefined) {
    if (edgewise === this.#edgewise) return
    this.#edgewise = edgewise
    this.#start()
  }

  get texts(): Partial<Texts> {
    return this.#texts
  }
  set texts(texts: Partial<Texts>) {
    this.#texts = texts
    this.#start()
  }

  get again(): ((entry: ReceiptEntry) => void) | undefined {
    return this.#again
  }
  set again(again: ((entry: ReceiptEntry) => void) | undefined) {
    this.#again = again
    this.#view?.update(this.#known)
  }

  connectedCallback(): void {
    for (const name of ['texts', 'again', 'edgewise']) takeEarlyProperty(this, name)
    this.#edgewise ??= window.edgewise
    this.#start()
  }

  disconnectedCallback(): void {
    this.#stop?.()
    this.#stop = undefined
    this.#followUp.stop()
    clearTimeout(this.#quiet)
  }

  attributeChangedCallback(name: string): void {
    if (name === 'lang') this.#start()
    else this.#view?.update(this.#known)
  }

  #start(): void {
    if (!this.isConnected) return
    this.#stop?.()
    const edgewise = this.#edgewise
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
    adoptStyle(root)
    this.#known = undefined
    if (!edgewise) {
      root.replaceChildren()
      return
    }
    const language = languageOf(this, edgewise.locale)
    const status = element('p', { part: 'status', attributes: { role: 'status' } })
    const context: PanelContext = {
      edgewise,
      texts: textsFor(language, this.#texts),
      locale: localeOf(language, this.#texts),
      now: pageAmbient.now,
      announce: (text) => this.#announce(status, text),
      refresh: () => void this.#read(),
    }
    this.#view = createPanelView(context, (entry) => this.#offerAgain(entry))
    root.replaceChildren(this.#view.element, status)
    let { revision } = edgewise.state.value
    const hasLeft = createLeaving(edgewise.state.value)
    this.#followUp.update(edgewise.state.value.travelling)
    this.#stop = edgewise.state.subscribe((state) => {
      this.#followUp.update(state.travelling)
      const left = hasLeft(state, this.#known !== undefined)
      if (left) this.#forget(status)
      if (!left && state.revision === revision) return this.#view?.update(this.#known)
      revision = state.revision
      void this.#read()
    })
    this.#view.update(undefined)
    void this.#read()
  }

  /** A result that is announced from now on, such as that of clearing, is told. */
  #forget(status: HTMLElement): void {
    this.#known = undefined
    status.textContent = ''
    this.#view?.forget()
    this.#tellCount(0)
  }

  /** One reading at a time: what changes meanwhile is read once more, however often it changed. */
  async #read(): Promise<void> {
    this.#stale = true
    if (this.#reading) return
    this.#reading = true
    while (this.#stale && this.#stop) {
      this.#stale = false
      const edgewise = this.#edgewise
      const known = await edgewise?.facts.list().catch((): Known => unreadable)
      if (this.#stale || edgewise !== this.#edgewise) continue
      this.#known = known
      this.#view?.update(known)
      if (known) this.#tellCount(known.facts.length)
    }
    this.#reading = false
  }

  #tellCount(count: number): void {
    this.dispatchEvent(
      new CustomEvent('edgewise:facts', { detail: { count }, bubbles: true, composed: true }),
    )
  }

  #announce(status: HTMLElement, text: string): void {
    status.textContent = text
    clearTimeout(this.#quiet)
    this.#quiet = setTimeout(() => (status.textContent = ''), spoken)
  }

  #offerAgain(entry: ReceiptEntry): (() => void) | undefined {
    const again = this.#again
    if (!again && !this.hasAttribute('again')) return undefined
    return () => {
      again?.(entry)
      this.dispatchEvent(
        new CustomEvent('edgewise:again', { detail: entry, bubbles: true, composed: true }),
      )
    }
  }
}
