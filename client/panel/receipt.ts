import type { ReceiptEntry } from '../types.ts'
import { ElementBase, languageOf, localeOf, takeEarlyProperty } from './base.ts'
import { receiptView } from './receipt-view.ts'
import { adoptStyle } from './style.ts'
import { textsFor, type Texts } from './texts.ts'

/** `<edgewise-receipt>`: one answer's receipt in plain words, for an app that shows it beside the answer. */
export class EdgewiseReceipt extends ElementBase {
  #entry: ReceiptEntry | undefined
  #texts: Partial<Texts> = {}

  get entry(): ReceiptEntry | undefined {
    return this.#entry
  }
  set entry(entry: ReceiptEntry | undefined) {
    this.#entry = entry
    this.#draw()
  }

  /** Texts of your own over the built-in ones. */
  get texts(): Partial<Texts> {
    return this.#texts
  }
  set texts(texts: Partial<Texts>) {
    this.#texts = texts
    this.#draw()
  }

  connectedCallback(): void {
    takeEarlyProperty(this, 'texts')
    takeEarlyProperty(this, 'entry')
    this.#draw()
  }

  #draw(): void {
    if (!this.isConnected) return
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
    adoptStyle(root)
    const language = languageOf(this)
    const open = root.querySelector('details')?.open ?? false
    const texts = textsFor(language, this.#texts)
    const locale = localeOf(language, this.#texts)
    root.replaceChildren(...(this.#entry ? [receiptView(this.#entry, texts, locale)] : []))
    const details = root.querySelector('details')
    if (details) details.open = open
  }
}
