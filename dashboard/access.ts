const KEY = 'edgewise-admin-token'

/**
 * The admin token, in this tab only: memory and sessionStorage, never a cookie or an address. What came as
 * `#token=` (which no browser sends to a server) leaves the address at once.
 */
export type Access = {
  token(): string
  set(token: string): void
  forget(): void
  /** A token of the demo's own back end, where this is a development server; else `undefined`. */
  ofDevelopment(): Promise<string | undefined>
}

export function createAccess(): Access {
  const given = new URLSearchParams(location.hash.slice(1)).get('token')
  let token = given ?? sessionStorage.getItem(KEY) ?? ''
  if (given !== null) {
    history.replaceState(null, '', location.pathname + location.search)
    sessionStorage.setItem(KEY, given)
  }
  return {
    token: () => token,
    set(next) {
      token = next.trim()
      sessionStorage.setItem(KEY, token)
    },
    forget() {
      token = ''
      sessionStorage.removeItem(KEY)
    },
    async ofDevelopment() {
      try {
        const response = await fetch('/demo/token?user=admin&scope=org:admin')
        if (!response.ok) return undefined
        const body: unknown = await response.json()
        const made = typeof body === 'object' && body !== null && Reflect.get(body, 'token')
        return typeof made === 'string' ? made : undefined
      } catch {
        return undefined
      }
    },
  }
}

/** The org that a token names, to show it; proves nothing. */
export function orgOf(token: string): string {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    const bytes = Uint8Array.from(atob(payload), (byte) => byte.charCodeAt(0))
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes))
    const org = typeof claims === 'object' && claims !== null && Reflect.get(claims, 'org')
    return typeof org === 'string' ? org : ''
  } catch {
    return ''
  }
}
