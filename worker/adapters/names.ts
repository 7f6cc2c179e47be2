import type { OrgKeys, StorageKeys } from '../ports.ts'

export type Names = {
  /** The one place where names of stored things are made. No two (org, user) share a name. */
  storageKeys: (org: string, user: string) => Promise<StorageKeys>
  orgKeys: (org: string) => Promise<OrgKeys>
}

/** KV key of an org's record, by the org's pseudonym. */
export const orgRecordName = (orgKey: string): string => `o1:${orgKey}`

const text = new TextEncoder()

/**
 * Names are HMAC pseudonyms of a JSON list, so that no delimiter inside an id can make two lists equal
 * and nobody who reads the store learns who is in it. `secret` must never change: every name would.
 */
export function createNames(secret: string): Names {
  // Every call resolves to the same key; a rejected import is a bug and shows in each call.
  const hmacKey = deriveHmacKey(secret)
  const pseudonym = async (...list: string[]): Promise<string> => {
    const bytes = text.encode(JSON.stringify(list))
    return toBase64Url(new Uint8Array(await crypto.subtle.sign('HMAC', await hmacKey, bytes)))
  }
  return {
    async storageKeys(org, user) {
      const [orgKey, userKey, deviceKey] = await Promise.all([
        pseudonym('org', org),
        pseudonym('user', org, user),
        pseudonym('device', org, user),
      ])
      return { orgKey, userKey, deviceKey, persona: `p1:${orgKey}:${userKey}` }
    },
    async orgKeys(org) {
      const orgKey = await pseudonym('org', org)
      return { orgKey, record: orgRecordName(orgKey) }
    },
  }
}

async function deriveHmacKey(secret: string): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', text.encode(secret), 'HKDF', false, [
    'deriveKey',
  ])
  const algorithm = {
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(),
    info: text.encode('edgewise names 1'),
  }
  const hmac = { name: 'HMAC', hash: 'SHA-256', length: 256 }
  return crypto.subtle.deriveKey(algorithm, base, hmac, false, ['sign'])
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
