import { SignJWT } from 'jose'
import type { Erasures } from '../learning-ports.ts'
import { toBase64Url } from './base64.ts'
import { deriveBits } from './derive.ts'

/** DER of a PKCS 8 Ed25519 key up to its 32 bytes of seed (RFC 8410). */
const HEAD = Uint8Array.from([
  0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
])

type Signer = { kid: string; key: CryptoKey; jwk: Record<string, unknown> }

/**
 * Signs proofs of erasure (JWS, EdDSA) with a key from the newest root secret; those of older secrets
 * still verify what was signed before.
 */
export function erasureProofs(roots: readonly string[]): Erasures {
  let opened: Promise<Signer[]> | undefined
  const signers = () => (opened ??= Promise.all(roots.map(createSigner)))
  return {
    async sign(erasure) {
      const [signer] = await signers()
      if (!signer) throw new Error('there is no root secret')
      const { subject, epoch, at } = erasure
      const signed = await new SignJWT({ epoch, at })
        .setProtectedHeader({ alg: 'EdDSA', kid: signer.kid, typ: 'erasure+jwt' })
        .setSubject(subject)
        .setIssuedAt(Math.floor(at / 1000))
        .sign(signer.key)
      return { ...erasure, signed }
    },
    keys: async () => (await signers()).map(({ jwk }) => jwk),
  }
}

async function createSigner(root: string): Promise<Signer> {
  const seed = new Uint8Array(await deriveBits(root, 'edgewise erasure 1', 32))
  const pkcs8 = new Uint8Array(HEAD.length + seed.length)
  pkcs8.set(HEAD)
  pkcs8.set(seed, HEAD.length)
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, { name: 'Ed25519' }, true, ['sign'])
  const jwk = await crypto.subtle.exportKey('jwk', key)
  const x = 'x' in jwk && typeof jwk.x === 'string' ? jwk.x : ''
  const kid = toBase64Url(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(x))).slice(
    0,
    16,
  )
  return { kid, key, jwk: { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid, x } }
}
