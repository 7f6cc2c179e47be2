import { createEndpoint } from './endpoint.ts'
import { loadPanel } from './load-panel.ts'
import { createEdgewise } from './runtime.ts'
import type { EdgewiseOptions } from './types.ts'
import type { Edgewise } from './edgewise.ts'

declare global {
  interface Window {
    edgewise?: Edgewise
  }
}

/**
 * The script's own element: a module has no `document.currentScript`. Behind a redirect it has another address;
 * then it is the element that names the Worker which the script came from.
 */
function findScript(): HTMLScriptElement | undefined {
  const scripts = [...document.querySelectorAll<HTMLScriptElement>('script[type="module"][src]')]
  const route = new URL('v1/', import.meta.url).href
  return (
    scripts.find(({ src }) => src === import.meta.url) ??
    scripts.find(
      ({ dataset: { endpoint } }) => endpoint && createEndpoint(endpoint).pathOf(route) === '/v1/',
    )
  )
}

function readOptions({
  endpoint,
  tokenUrl,
  feature,
  locale,
  storage,
  mode,
  debug,
}: DOMStringMap): EdgewiseOptions {
  return {
    // Without an address of its own, the Worker that served this script.
    endpoint: endpoint ?? new URL('.', import.meta.url),
    ...(tokenUrl ? { tokenUrl: new URL(tokenUrl, document.baseURI) } : {}),
    ...(feature ? { feature } : {}),
    ...(locale ? { locale } : {}),
    ...(storage === 'device' || storage === 'edge' ? { storage } : {}),
    ...(mode === 'cautious' || mode === 'balanced' || mode === 'generous' ? { mode } : {}),
    debug: debug !== undefined,
    assets: new URL('.', import.meta.url),
  }
}

/** The drop-in script: `window.edgewise`, told by the event `edgewise:ready`; `data-panel` adds the panel. */
function embed(): void {
  const data = findScript()?.dataset ?? {}
  const edgewise = createEdgewise(readOptions(data))
  window.edgewise = edgewise
  dispatchEvent(new CustomEvent('edgewise:ready', { detail: edgewise }))
  if (data['panel'] !== undefined) void addPanel(edgewise, data['panel'])
  // A page may have put the elements where it wants them.
  else if (document.querySelector('edgewise-panel, edgewise-receipt')) void loadPanel()
}

/** `data-panel` may name the element (a CSS selector) that the panel is put into; the body otherwise. */
async function addPanel(edgewise: Edgewise, place: string): Promise<void> {
  await loadPanel()
  const panel = document.createElement('edgewise-panel')
  panel.edgewise = edgewise
  const parent = place === '' ? null : document.querySelector(place)
  ;(parent ?? document.body).append(panel)
}

if (typeof document !== 'undefined') embed()
