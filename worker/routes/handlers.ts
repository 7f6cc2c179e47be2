import type * as z from 'zod/mini'
import type { Routes } from '../../shared/contract.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'
import type { Persona } from '../../shared/schema/persona.ts'
import type { Flows } from '../deps.ts'
import type { Admitted, Call } from '../flow/admit.ts'
import { composeContext } from '../flow/context.ts'
import { openSession } from '../flow/open-session.ts'
import type { Subject } from '../learning-ports.ts'

type BodyOf<R> = R extends { body: infer S extends z.ZodMiniType } ? z.infer<S> : undefined
export type Input<R> = {
  body: BodyOf<R>
  id: string
  headers: Headers
  admitted: Admitted
  flows: Flows
  call: Call
}
export type Handlers = {
  [K in keyof Routes]: (input: Input<Routes[K]>) => Promise<Result<z.infer<Routes[K]['reply']>>>
}
type Who = Pick<Input<unknown>, 'flows' | 'admitted'>

/** Whose self-model a request is about, and how long the org lets it be kept. */
const subjectOf = ({ keys, org }: Admitted): Subject => ({
  ...keys,
  ...(org.retentionDays === undefined ? {} : { retentionDays: org.retentionDays }),
})

/** Storage that fails is a problem that may be tried again. */
async function reach<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work()
  } catch {
    return fail('storage_unavailable', { retryAfter: 1 })
  }
}

/** Answers what came from the self-model, and lets this isolate know the newest persona. */
const edit = <T extends { persona: Persona }>(
  { flows, admitted }: Who,
  work: (models: Flows['selfModels'], subject: Subject) => Promise<Result<T>>,
): Promise<Result<T>> =>
  reach(async () => {
    const edited = await work(flows.selfModels, subjectOf(admitted))
    if (edited.ok) flows.reader.replace(admitted.keys, edited.value.persona)
    return edited
  })

const view = (input: Who) => edit(input, async (models, keys) => ok(await models.view(keys)))

/** One small function a route: from what was asked to what is answered. */
export const handlers: Handlers = {
  openSession: async ({ body, admitted, flows }) => ok(await openSession(body, admitted, flows)),
  context: ({ body, headers, admitted, flows, call }) =>
    composeContext(body, { ...flows, admitted, headers, call }),
  selfModel: view,
  exportSelfModel: (input) =>
    edit(input, async (models, subject) => {
      const [seen, history, audit, experiments] = await Promise.all([
        models.view(subject),
        models.history(subject),
        // A database that fails keeps nobody from taking away what is theirs.
        input.flows.audit.list(subject.userKey).catch(() => undefined),
        input.flows.keptForExperiments?.(subject.userKey).catch(() => undefined),
      ])
      return ok({
        ...seen,
        history,
        ...(audit ? { audit } : {}),
        ...(experiments ? { experiments } : {}),
      })
    }),
  forget: (input) =>
    edit(input, async (_, subject) =>
      ok(await input.flows.forget({ keys: input.admitted.keys, subject }, input.call.waitUntil)),
    ),
  addFact: (input) => edit(input, (models, keys) => models.addFact(keys, input.body)),
  changeFact: (input) =>
    edit(input, (models, keys) => models.changeFact(keys, { id: input.id, change: input.body })),
  deleteFact: (input) => edit(input, (models, keys) => models.removeFact(keys, input.id)),
  earned: ({ flows, admitted, body }) =>
    reach(async () =>
      ok({ counted: await flows.selfModels.earned(subjectOf(admitted), body.facts) }),
    ),
  history: ({ flows, admitted }) =>
    reach(async () => ok({ changes: await flows.selfModels.history(subjectOf(admitted)) })),
  undo: (input) => edit(input, (models, keys) => models.undo(keys, Number(input.id))),
  audit: ({ flows, admitted }) =>
    reach(async () => ok({ entries: await flows.audit.list(admitted.keys.userKey) })),
  settings: (input) =>
    edit(input, async (models, subject) => ok(await models.settings(subject, input.body))),
  erasure: ({ flows, admitted }) =>
    reach(async () => {
      const { erased } = await flows.selfModels.view(subjectOf(admitted))
      if (!erased) return fail('not_found', { expected: 'a self-model that was erased' })
      return ok(await flows.erasures.sign({ subject: admitted.keys.deviceKey, ...erased }))
    }),
  observe: ({ flows, admitted, headers, body }) =>
    flows.observe(body, { org: admitted.org, keys: admitted.keys, headers }),
  outcome: ({ flows, admitted, headers, body }) =>
    flows.outcomes(body, { org: admitted.org, keys: admitted.keys, headers }),
  mergeDevice: (input) =>
    edit(input, () => input.flows.devices.merge(input.admitted, input.body.device)),
}
