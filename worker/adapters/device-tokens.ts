import { SignJWT } from 'jose'
import type { Org, OrgKey } from '../../shared/schema/org.ts'
import type { Clock, DeviceTokens, Orgs } from '../ports.ts'
import { toBase64Url } from './base64.ts'
import { deriveBits } from './derive.ts'

/** Life of a device's token, seconds: it may come back within 30 days. */
const LIFE = 30 * 24 * 3600

type DeviceKey = OrgKey & { alg: 'HS256' }

/** Signs tokens of anonymous devices, with a key of its own for each org and root secret. */
export function deviceTokens(roots: readonly string[], clock: Clock): DeviceTokens {
  const keys = (org: string): Promise<DeviceKey[]> =>
    Promise.all(
      roots.map(async (root) => ({
        kid: `device-${toBase64Url(await deriveBits(root, 'edgewise device key id 1', 6))}`,
        alg: 'HS256',
        secret: toBase64Url(await deriveBits(root, JSON.stringify(['edgewise device 1', org]), 32)),
      })),
    )
  return {
    keys,
    async issue({ id, audience = 'edgewise' }: Org, user) {
      const [key] = await keys(id)
      if (!key) throw new Error('there is no root secret')
      const now = Math.floor(clock() / 1000)
      const token = await new SignJWT({ org: id })
        .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT' })
        .setSubject(user)
        .setAudience(audience)
        .setIssuedAt(now)
        .setExpirationTime(now + LIFE)
        .sign(new TextEncoder().encode(key.secret))
      return { token, expires: (now + LIFE) * 1000 }
    },
  }
}

/** Tenants that allow anonymous devices also trust the Worker's own signature. */
export const orgsWithDevices = (orgs: Orgs, tokens: DeviceTokens): Orgs => ({
  ...orgs,
  async load(id) {
    const org = await orgs.load(id)
    return org?.anonymous ? { ...org, keys: [...org.keys, ...(await tokens.keys(id))] } : org
  },
})
