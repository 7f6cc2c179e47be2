import * as z from 'zod/mini'
import { chat as dialect } from '../../../shared/dialect/chat.ts'
import { decodeContext } from '../../../shared/context-header.ts'
import { renderPersona } from '../../../shared/persona.ts'
import { encodeReceipt, usageComment } from '../../../shared/receipt.ts'
import type { ClientContext } from '../../../shared/schema/context.ts'
import { FactChange, NewFact, type Category } from '../../../shared/schema/fact.ts'
import type { Receipt } from '../../../shared/schema/receipt.ts'
import type { UserLimits } from '../../../shared/schema/user-limits.ts'
import {
  addFact,
  changeFact,
  currentFacts,
  emptyModel,
  facetsOf,
  forgetAll,
  removeFact,
  type SelfModel,
} from '../../../shared/self-model.ts'
import type { Fetch } from '../../../client/types.ts'
import { createUnderstanding } from './understanding.ts'

export const ENDPOINT = 'https://edge.test'

const part = (value: unknown) => btoa(JSON.stringify(value)).replaceAll('=', '')
const IN_AN_HOUR = Date.now() / 1000 + 3600

/** An unsigned token: the client reads only what it says of itself. */
export function tokenFor(user: string, expires = IN_AN_HOUR, nonce = ''): string {
  return `${part({ alg: 'none' })}.${part({ org: 'demo', sub: user, exp: expires, nonce })}.x`
}

/** The address of a call, however it is given. */
export const urlOf = (input: Request | URL | string): string =>
  input instanceof Request ? input.url : new URL(input, location.href).href

export type Seen = {
  path: string
  method: string
  headers: Headers
  body: BodyInit | null | undefined
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  })

/** The edge's side of the wire in this process: the real contract and self-model, no network. */
export function createEdge() {
  const models = new Map<string, SelfModel>()
  const understanding = createUnderstanding({
    read: (user) => modelOf(user),
    write: (user, model) => models.set(user, model),
    tokenFor,
  })
  const seen: Seen[] = []
  const fails = new Map<string, () => Promise<Response> | Response>()
  let count = 0
  const edge = {
    seen,
    /** Answers of a path that replace the usual ones. */
    fails,
    off: false,
    /** Categories that the org blocks. */
    blocked: [] as Category[],
    /** The experiment that answers belong to, and their words. */
    experiment: undefined as string | undefined,
    says: 'Hi',
    /** Which layer decided what, by field. */
    why: {} as Record<string, string>,
    refused: new Set<string>(),
    calls: (path: string) => seen.filter((call) => call.path === path),
    /** The contexts that chat requests carried, oldest first. */
    contexts: (): (ClientContext | undefined)[] =>
      edge.calls('/v1/chat/completions').map(({ headers }) => {
        const read = decodeContext(headers.get('edgewise-context') ?? '')
        return read.ok ? read.value : undefined
      }),
    async seed(user: string, ...facts: NewFact[]) {
      for (const fact of facts) {
        const added = addFact(modelOf(user), fact, { id: `f${++count}`, now: Date.now() })
        if (added.ok) models.set(user, added.value.model)
      }
    },
    /** What the user has asked for less of. */
    limit: (user: string, limits: UserLimits) =>
      void models.set(user, { ...modelOf(user), limits }),
    modelOf,
    understanding,
    /** What the persona in KV says, where it lags behind the self-model. */
    kv: undefined as SelfModel | undefined,
    fetch: (async (input, init) => {
      const request = input instanceof Request ? input : undefined
      const url = new URL(urlOf(input), location.href)
      if (url.origin !== ENDPOINT) return json({ elsewhere: true })
      init?.signal?.throwIfAborted()
      request?.signal.throwIfAborted()
      const headers = new Headers(request?.headers ?? init?.headers)
      const method = request?.method ?? init?.method ?? 'GET'
      const body = request ? await request.clone().text() : init?.body
      seen.push({ path: url.pathname, method, headers, body })
      const failing = fails.get(url.pathname)
      if (failing) return failing()
      return answer({ path: url.pathname, method, headers, body })
    }) as Fetch,
  }

  function modelOf(user: string): SelfModel {
    return models.get(user) ?? emptyModel()
  }

  function answer({ path, method, headers, body }: Seen): Response {
    const token = headers.get('authorization')?.replace('Bearer ', '') ?? ''
    if (path === '/v1/devices') return json(understanding.openDevice(token))
    const user = readUser(token)
    if (!user || edge.refused.has(token)) return json({ code: 'token_expired' }, 401)
    if (asking.includes(path)) return answerChat(headers, typeof body === 'string' ? body : '')
    const given = typeof body === 'string' && body !== '' ? body : '{}'
    const id = path.split('/')[4] ?? ''
    const understood = understanding.answer({ path, method, user, body: JSON.parse(given) })
    if (understood) return json(understood.body, understood.status)
    const now = Date.now()
    const write = (model: SelfModel, fact?: unknown) => {
      models.set(user, model)
      return json({ fact, persona: renderPersona(model, now) })
    }
    if (path === '/v1/sessions') {
      const gate = { mode: 'balanced', off: edge.off, maxFacts: 5, blocked: [] }
      return json({
        session: `session${++count}`.padEnd(12, '0'),
        subject: `subject-of-${user}`,
        org: { id: 'demo' },
        expires: now + 1_800_000,
        persona: renderPersona(edge.kv ?? modelOf(user), now),
        gate: { ...gate, blocked: edge.blocked, why: edge.why },
      })
    }
    if (path === '/v1/self-model' || path === '/v1/self-model/export') {
      if (method === 'DELETE') {
        const model = forgetAll(modelOf(user))
        models.set(user, model)
        const persona = renderPersona(model, now)
        const erasure = {
          subject: `subject-of-${user}`,
          epoch: model.epoch,
          at: now,
          signed: 'a.b.c',
        }
        return json({ persona, erasure })
      }
      const model = modelOf(user)
      const current = currentFacts(model.facts, now)
      const { learn } = understanding.settings
      const facets = facetsOf(current, now)
      return json({ ...model, facts: current, persona: renderPersona(model, now), facets, learn })
    }
    if (path.startsWith('/v1/self-model/facts')) {
      const done =
        method === 'POST'
          ? addFact(modelOf(user), NewFact.parse(JSON.parse(given)), { id: `f${++count}`, now })
          : method === 'PATCH'
            ? changeFact(modelOf(user), { id, change: FactChange.parse(JSON.parse(given)) }, now)
            : removeFact(modelOf(user), id)
      if (!done.ok) return json(done.problem, 404)
      const before = modelOf(user)
      const fact = 'fact' in done.value ? done.value.fact : undefined
      const written = write('fact' in done.value ? done.value.model : done.value, fact)
      understanding.changed(user, before, fact?.id ?? id)
      return written
    }
    return json({ path })
  }

  function answerChat(headers: Headers, body: string): Response {
    const read = dialect.read(body)
    const context = decodeContext(headers.get('edgewise-context') ?? '')
    const decision = context.ok ? context.value.decision : undefined
    const receipt: Receipt = {
      id: `r${++count}`,
      why: decision ? 'attached' : 'not_needed',
      slices: [],
      facts: (decision?.facts ?? []).map((id) => ({ id, category: 'diet' as const })),
      dropped: 0,
      tokens: 10,
      whole: 50,
      decidedBy: 'device',
      reason: '',
      stakes: 'none',
      store: context.ok ? context.value.device.store : 'none',
      rules: Object.entries(edge.why)
        .map((rule) => rule.join('='))
        .join(' '),
      ...(edge.experiment ? { experiment: edge.experiment, arm: 'summary' } : {}),
      orgMs: 0,
      personaMs: 0,
    }
    const extra = { 'edgewise-receipt': encodeReceipt(receipt) }
    if (!read.ok || !read.value.stream) {
      const usage = { prompt_tokens: 11, completion_tokens: 2 }
      return json({ choices: [{ message: { content: edge.says } }], usage }, 200, extra)
    }
    const usage = usageComment({ input: 12, output: 3, estimated: true })
    const event = JSON.stringify({ choices: [{ delta: { content: edge.says } }] })
    const text = `data: ${event}\n\n${usage}data: [DONE]\n\n`
    return new Response(inPieces(text), {
      headers: { 'content-type': 'text/event-stream', ...extra },
    })
  }
  return edge
}

const asking = ['/v1/chat/completions', '/v1/responses', '/v1/messages']

/** Bytes in pieces of seven: marks and lines fall across them. */
function inPieces(text: string): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(at, (at += 7)))
    },
  })
}

function readUser(token: string): string | undefined {
  try {
    return z.object({ sub: z.string() }).parse(JSON.parse(atob(token.split('.')[1] ?? ''))).sub
  } catch {
    return undefined
  }
}

export type Edge = ReturnType<typeof createEdge>
