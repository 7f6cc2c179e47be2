const text = new TextEncoder()

/** Bytes from a secret by HKDF (SHA-256), apart from all others by `info`. */
export async function deriveBits(
  secret: string,
  info: string,
  bytes: number,
): Promise<ArrayBuffer> {
  const base = await crypto.subtle.importKey('raw', text.encode(secret), 'HKDF', false, [
    'deriveBits',
  ])
  const algorithm = {
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(),
    info: text.encode(info),
  }
  return crypto.subtle.deriveBits(algorithm, base, bytes * 8)
}
