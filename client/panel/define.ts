import type { Edgewise } from '../edgewise.ts'
import { EdgewisePanel } from './panel.ts'
import { EdgewiseReceipt } from './receipt.ts'

export type { EdgewisePanel, EdgewiseReceipt }

/** Registers the elements, once however many scripts of a page bring them. */
export function defineElements(): void {
  if (!customElements.get('edgewise-panel')) customElements.define('edgewise-panel', EdgewisePanel)
  if (!customElements.get('edgewise-receipt')) {
    customElements.define('edgewise-receipt', EdgewiseReceipt)
  }
}

if (globalThis.customElements) defineElements()

declare global {
  interface HTMLElementTagNameMap {
    'edgewise-panel': EdgewisePanel
    'edgewise-receipt': EdgewiseReceipt
  }
  interface Window {
    /** The instance of the drop-in script. */
    edgewise?: Edgewise
  }
}
