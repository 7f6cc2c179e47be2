import { consoleLog } from './adapters/console-log.ts'
import { OrgRecordObject } from './adapters/org-record-object.ts'
import { SelfModelObject } from './adapters/self-model-object.ts'
import { createApp } from './app.ts'
import { consume } from './consume.ts'
import { createDeps, selfModelDeps, type Deps, type Runtime } from './deps.ts'

export { AllowanceObject as Allowance } from './adapters/allowance-object.ts'

const runtime: Runtime = {
  // oxlint-disable-next-line no-restricted-properties, no-restricted-globals -- the entry gives the clock
  clock: () => Date.now(),
  newId: () => crypto.randomUUID(),
  log: consoleLog,
  fetch: (url, init) => fetch(url, init),
}

export class SelfModel extends SelfModelObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, selfModelDeps(env, runtime))
  }
}

export class OrgRecord extends OrgRecordObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, runtime.clock)
  }
}

let deps: Deps | undefined
const depsFrom = (env: Env) => (deps ??= createDeps(env, runtime))
const app = createApp(depsFrom)

export default {
  fetch: app.fetch,
  queue: (batch, env) => consume(batch, depsFrom(env)),
} satisfies ExportedHandler<Env>
