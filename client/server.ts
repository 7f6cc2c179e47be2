import { importJWK, SignJWT, type JWK } from 'jose'
import { headers as names } from '../shared/headers.ts'

/*
 * Helpers for the app's back end (Node, Workers, any runtime with Web Crypto). Not for pages: the key
 * never leaves the server.
 */

/** A key of the org, as the org's record knows it; of an EdDSA key the private part. */
export type SigningKey =
  | { kid: string; alg: 'HS256'; secret: string }
  | { kid: string; alg: 'EdDSA'; jwk: JWK }

export type TokenOptions = {
  key: SigningKey
  org: string
  /** The app's own id of the user; 1 to 256 characters. */
  user: string
  /** Life in seconds; 600 where left out. 5 to 15 minutes are right for pages. */
  ttl?: number
  /** `edgewise`, or what the org's record asks for. */
  audience?: string
  /** What the token allows beyond asking for its user: `org:admin`. Never in a token for a page. */
  scope?: string
}

/** An app token: who asks, for a while. Throws where the key cannot sign. */
export async function mintToken(options: TokenOptions): Promise<string> {
  const { key, org, user, ttl = 600, audience = 'edgewise', scope } = options
  const secret =
    key.alg === 'HS256' ? new TextEncoder().encode(key.secret) : await importJWK(key.jwk, key.alg)
  return new SignJWT({ org, ...(scope === undefined ? {} : { scope }) })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT' })
    .setSubject(user)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(`${ttl}s`)
    .setJti(crypto.randomUUID())
    .sign(secret)
}

/** Headers as Node, Express or a web `Request` hold them, whoever made its class. */
export type IncomingHeaders =
  | Pick<Headers, 'get'>
  | Readonly<Record<string, string | string[] | undefined>>

/**
 * What the page sent along for Edgewise, for the provider SDK whose `baseURL` is the Worker. The token
 * is not among it unless asked for: it is the SDK's `apiKey`, the page's or one of `mintToken`.
 */
export function forwardHeaders(
  request: { headers: IncomingHeaders },
  { authorization = false }: { authorization?: boolean } = {},
): Record<string, string> {
  const wanted = [names.context, names.feature, ...(authorization ? ['Authorization'] : [])]
  const forwarded: Record<string, string> = {}
  for (const name of wanted) {
    const value = headerOf(request.headers, name)
    if (value !== undefined) forwarded[name] = value
  }
  return forwarded
}

function headerOf(headers: IncomingHeaders, name: string): string | undefined {
  if (isWeb(headers)) return headers.get(name) ?? undefined
  const value = headers[name.toLowerCase()] ?? headers[name]
  return Array.isArray(value) ? value[0] : value
}

const isWeb = (headers: IncomingHeaders): headers is Pick<Headers, 'get'> =>
  typeof headers['get'] === 'function'
