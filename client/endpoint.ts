/** What reads like a host; as an address it would be a path of the page's own site. */
const hostAlone = /^(?:localhost|[\w-]+(?:\.[\w-]+)+)(?::\d+)?(?:\/|$)/i

/** Tells in the console of an endpoint without its scheme: every call would fail, and nothing else say why. */
export function warnOfHost(endpoint: string | URL): void {
  if (!hostAlone.test(String(endpoint))) return
  // oxlint-disable-next-line no-console -- for whoever integrates it
  console.warn(`edgewise: endpoint "${String(endpoint)}" does not begin with https://`)
}

/** Addresses at the Worker. `endpoint` may end in `/v1` or `/`, and may be relative to the page. */
export function createEndpoint(endpoint: string | URL) {
  const base = () => {
    const text = String(endpoint).replace(/\/+$/, '').replace(/\/v1$/, '')
    return new URL(text === '' ? '/' : text, globalThis.location?.href)
  }
  const folder = () => base().href.replace(/\/+$/, '')
  return {
    /** Without a slash at the end: `folder() + '/v1/sessions'`. */
    folder,
    /** The path of a route of the Worker, such as `/v1/models`; `undefined` for any other address. */
    pathOf(url: string): string | undefined {
      try {
        const { origin, pathname } = new URL(url, globalThis.location?.href)
        const { origin: own, pathname: root } = new URL(folder())
        const prefix = root.replace(/\/+$/, '')
        // On the page's own origin the Worker is not alone.
        const isOurs = origin === own && pathname.startsWith(`${prefix}/v1/`)
        return isOurs ? pathname.slice(prefix.length) : undefined
      } catch {
        return undefined
      }
    },
  }
}
export type Endpoint = ReturnType<typeof createEndpoint>
