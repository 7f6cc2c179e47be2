import { env } from 'cloudflare:workers'
import { createPorts, type Runtime } from '../../worker/deps.ts'
import { readConfig } from '../../worker/config.ts'
import { createConsumers, type Ports } from '../../worker/flow/flows.ts'
import type { Delivery } from '../../worker/learning-ports.ts'
import { bindings, keysOf, someone, type Harness } from './harness.ts'

/** A delivery of a queue that remembers what became of it. */
export type Delivered = Delivery & { state: 'acked' | number | undefined }

export function delivered(body: unknown, attempts = 1): Delivered {
  return {
    body,
    attempts,
    state: undefined,
    ack() {
      this.state = 'acked'
    },
    retry(options) {
      this.state = options?.delaySeconds ?? 0
    },
  }
}

const runtime = (time: { now: number }, newId: () => string): Runtime => ({
  clock: () => time.now,
  newId,
  log: () => {},
  fetch: () => Promise.reject(new Error('no network in this test')),
})

type ConsumerOptions = { time?: { now: number }; vars?: Partial<Env> }

/** The real ports over the bindings of workerd, and the consumers over them with some of them changed. */
export function consumersOf(
  change: (real: Ports) => Partial<Ports> = () => ({}),
  { time = { now: realNow() }, vars = {} }: ConsumerOptions = {},
) {
  const config = readConfig(bindings())
  if (!config.secrets) throw new Error('no secrets')
  const run = runtime(time, () => crypto.randomUUID())
  const real = createPorts(bindings(vars), { ...config, secrets: config.secrets }, run)
  const ports = { ...real, ...change(real) }
  return { time, ports, ...createConsumers(ports) }
}

export const realNow = () => Date.now()

/** What `send` would put into the queue. */
export async function bodyOf(
  ...[subject, lesson]: Parameters<Ports['learning']['send']>
): Promise<unknown> {
  const bodies: unknown[] = []
  const config = readConfig(bindings())
  const caught = { send: async (body: unknown) => void bodies.push(body) } as unknown as Queue
  if (!config.secrets) throw new Error('no secrets')
  const run = runtime({ now: realNow() }, () => crypto.randomUUID())
  const catching = createPorts(
    { ...bindings(), LEARNING: caught },
    { ...config, secrets: config.secrets },
    run,
  )
  await catching.learning.send(subject, lesson)
  return bodies[0]
}

/** Reports to the edge; `headers` beside those that say that it is JSON. */
export const observe = (
  harness: Harness,
  as: string,
  { headers = {}, ...body }: { headers?: Record<string, string> } & Record<string, unknown>,
) =>
  harness.fetch('/v1/observe', {
    as,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

export async function newcomer() {
  const as = someone()
  const keys = await keysOf(as)
  return { as, keys, stub: env.SELF_MODELS.getByName(keys.userKey) }
}
