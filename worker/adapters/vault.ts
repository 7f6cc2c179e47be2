export type Place = {
  /** Pseudonym of the org: each has keys of its own. */
  orgKey: string
  /** The name under which the sealed bytes are stored: they open nowhere else. */
  name: string
}

/** Seals what is stored and opens it again. */
export type Vault = {
  seal(place: Place, value: unknown): Promise<ArrayBuffer>
  /** Rejects where the bytes are not of this place, were changed, or their key is no longer held. */
  open(place: Place, sealed: ArrayBuffer): Promise<unknown>
}

const VERSION = 1
const ID = 8
const IV = 12
const HEAD = 1 + ID + IV
const text = new TextEncoder()

type Root = { id: Uint8Array<ArrayBuffer>; base: CryptoKey }

/**
 * AES-256-GCM with a key per org, by HKDF from the root secrets: the first one seals, each one opens.
 * Envelope: version (1 byte), id of the root (8), iv (12), ciphertext; the head and the place are
 * authenticated with it. To rotate, put a new secret in front and drop the old one when all is rewritten.
 */
export function createVault(roots: readonly [string, ...string[]]): Vault {
  const all = Promise.all(roots.map(importRoot))
  const keys = new Map<string, CryptoKey>()

  async function keyOf(root: Root, orgKey: string): Promise<CryptoKey> {
    const slot = `${root.id.join()} ${orgKey}`
    const known = keys.get(slot)
    if (known) return known
    const key = await deriveKey(root.base, orgKey)
    if (keys.size >= 1000) keys.clear()
    keys.set(slot, key)
    return key
  }

  return {
    async seal(place, value) {
      const [root] = await all
      if (!root) throw new Error('there is no root secret')
      const head = new Uint8Array(HEAD)
      head[0] = VERSION
      head.set(root.id, 1)
      head.set(crypto.getRandomValues(new Uint8Array(IV)), 1 + ID)
      const key = await keyOf(root, place.orgKey)
      const clear = text.encode(JSON.stringify(value))
      const sealed = await crypto.subtle.encrypt(parameters(head, place), key, clear)
      const envelope = new Uint8Array(HEAD + sealed.byteLength)
      envelope.set(head)
      envelope.set(new Uint8Array(sealed), HEAD)
      return envelope.buffer
    },
    async open(place, sealed) {
      const head = new Uint8Array(sealed.slice(0, HEAD))
      const root = (await all).find(({ id }) => id.every((byte, i) => byte === head[1 + i]))
      if (head[0] !== VERSION || !root) throw new Error('sealed with a key that is not held')
      const key = await keyOf(root, place.orgKey)
      const clear = await crypto.subtle.decrypt(parameters(head, place), key, sealed.slice(HEAD))
      return JSON.parse(new TextDecoder().decode(clear))
    },
  }
}

const parameters = (head: Uint8Array<ArrayBuffer>, place: Place) => ({
  name: 'AES-GCM',
  iv: head.slice(1 + ID),
  additionalData: text.encode(
    JSON.stringify([head.slice(0, 1 + ID).join(), place.orgKey, place.name]),
  ),
})

async function importRoot(secret: string): Promise<Root> {
  const usages = ['deriveKey', 'deriveBits'] as const
  const base = await crypto.subtle.importKey('raw', text.encode(secret), 'HKDF', false, [...usages])
  const id = await crypto.subtle.deriveBits(hkdf('edgewise key id 1'), base, ID * 8)
  return { id: new Uint8Array(id), base }
}

const deriveKey = (base: CryptoKey, orgKey: string): Promise<CryptoKey> =>
  crypto.subtle.deriveKey(
    hkdf(JSON.stringify(['edgewise seal 1', orgKey])),
    base,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  )

const hkdf = (info: string) => ({
  name: 'HKDF',
  hash: 'SHA-256',
  salt: new Uint8Array(),
  info: text.encode(info),
})
