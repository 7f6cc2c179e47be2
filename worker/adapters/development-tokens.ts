import { SignJWT } from 'jose'
import type { OrgKey } from '../../shared/schema/org.ts'
import type { Clock } from '../ports.ts'

/** Life of a token for the demo page, seconds. */
const LIFE = 900

/** Signs app tokens of the org `demo`, as an app's own back end would; in development only. */
export function developmentTokens(
  { kid, alg, secret }: OrgKey & { alg: 'HS256' },
  clock: Clock,
): (user: string, admin: boolean) => Promise<string> {
  return (user, admin) => {
    const now = Math.floor(clock() / 1000)
    return new SignJWT({ org: 'demo', ...(admin ? { scope: 'org:admin' } : {}) })
      .setProtectedHeader({ alg, kid, typ: 'JWT' })
      .setSubject(user)
      .setAudience('edgewise')
      .setIssuedAt(now)
      .setExpirationTime(now + LIFE)
      .sign(new TextEncoder().encode(secret))
  }
}
