import { readFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { mintToken, type SigningKey } from '../client/server.ts'
import { MASK } from '../shared/org-secrets.ts'
import { fail, ok, type Result } from '../shared/problem.ts'
import { developmentKey } from './development-key.ts'
import { problemOf } from './org-api.ts'

/** A running Worker, and the right to call it as one user of an org. */
export type Access = {
  /** Without a slash at the end. */
  endpoint: string
  /** A token that holds for some minutes more. */
  token(): Promise<string>
}

/** For `readArgs`: what every command that calls a running Worker takes. */
export const accessOptions = {
  org: { type: 'string' },
  endpoint: { type: 'string', default: `http://localhost:${process.env['PORT'] ?? 8787}` },
  key: { type: 'string' },
  token: { type: 'string', default: process.env['EDGEWISE_TOKEN'] ?? '' },
} as const

export const accessHelp = `  --endpoint   the Worker (the one of npm start, http://localhost:8787, or that of PORT)
  --key        file with a signing key of the org, {"kid", "alg", "secret"} or with "jwk", or with its record;
               the org "demo" of a local Worker needs none
  --token      an app token instead of a key (or EDGEWISE_TOKEN); it must live as long as the command runs`

type Asked = {
  org: string
  user: string
  endpoint: string
  token: string
  key?: string | undefined
  scope?: string
}

/** Seconds for which a token is minted, and milliseconds before its end at which it is renewed. */
const TTL = 600
const RENEW = 120_000

const Secret = z.string().check(z.minLength(32))
const Key = z.union([
  z.object({ kid: z.string(), alg: z.literal('HS256'), secret: Secret }),
  z.object({
    kid: z.string(),
    alg: z.literal('EdDSA'),
    jwk: z.looseObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), d: z.string() }),
  }),
])
const KeyFile = z.union([
  Key,
  z.object({ keys: z.array(z.unknown()), audience: z.optional(z.string()) }),
])

/** Errors: `bad_request` with the option that is missing or wrong. */
export function openAccess({ org, user, endpoint, token, key, scope }: Asked): Result<Access> {
  if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint)) {
    return fail('bad_request', { field: '--endpoint', expected: 'an address, https://…' })
  }
  const base = endpoint.replace(/\/(v1\/?)?$/, '')
  if (token !== '') return ok({ endpoint: base, token: async () => token })
  const read = key === undefined ? localKey(base, org) : readKey(key)
  if (!read.ok) return read
  let minted: { token: string; until: number } | undefined
  return ok({
    endpoint: base,
    async token() {
      if (minted && minted.until > Date.now()) return minted.token
      const rest = { ...read.value, ...(scope === undefined ? {} : { scope }) }
      minted = {
        token: await mintToken({ org, user, ttl: TTL, ...rest }),
        until: Date.now() + TTL * 1000 - RENEW,
      }
      return minted.token
    },
  })
}

type Signing = { key: SigningKey; audience?: string }

function localKey(endpoint: string, org: string): Result<Signing> {
  const { hostname } = new URL(endpoint)
  if (org !== 'demo' || !['localhost', '127.0.0.1', '[::1]'].includes(hostname)) {
    return fail('bad_request', { field: '--key', expected: 'a file with a signing key of the org' })
  }
  return ok({ key: { kid: 'development', alg: 'HS256', secret: developmentKey() } })
}

/** A key as `mintToken` takes it, or the first of an org's record that can sign. */
function readKey(file: string): Result<Signing> {
  const expected =
    '{"kid", "alg": "HS256", "secret"} or {"kid", "alg": "EdDSA", "jwk"}, private part'
  let json: unknown
  try {
    json = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return fail('bad_request', {
      field: '--key',
      expected: `a JSON file that can be read: ${file}`,
    })
  }
  const read = KeyFile.safeParse(json)
  if (!read.success) return fail('bad_request', { field: '--key', expected })
  if ('kid' in read.data) return ok({ key: read.data })
  const { keys, audience } = read.data
  for (const one of keys) {
    const parsed = Key.safeParse(one)
    if (!parsed.success || ('secret' in parsed.data && parsed.data.secret.includes(MASK))) continue
    return ok({ key: parsed.data, ...(audience === undefined ? {} : { audience }) })
  }
  return fail('bad_request', { field: '--key', expected })
}

export type Asking = {
  method: string
  path: string
  body?: unknown
  headers?: Record<string, string>
}
export type Answer = { status: number; body: unknown; retryAfter?: number }

/** Milliseconds after which a call is given up. */
const PATIENCE = 30_000

/** One call. Errors: `edge_unreachable`, and the Worker's own. */
export async function callWorker(access: Access, asking: Asking): Promise<Result<Answer>> {
  const { method, path, body, headers = {} } = asking
  let response: Response
  let text: string
  try {
    response = await fetch(`${access.endpoint}${path}`, {
      method,
      headers: {
        ...headers,
        authorization: `Bearer ${await access.token()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE),
    })
    text = await response.text()
  } catch {
    return fail('edge_unreachable', { detail: access.endpoint })
  }
  const json = parse(text)
  if (response.ok) return ok({ status: response.status, body: json })
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  const problem = problemOf(json)
  return {
    ok: false,
    problem: Number.isFinite(retryAfter) ? { ...problem, retryAfter } : problem,
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
