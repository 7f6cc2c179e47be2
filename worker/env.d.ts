/** What wrangler.toml and the deployment's secrets bind. Only `config.ts`, `deps.ts` and `index.ts` see it. */
declare namespace Cloudflare {
  interface Env {
    ASSETS: Fetcher
    ORGS: KVNamespace
    PERSONAS: KVNamespace
    SELF_MODELS: DurableObjectNamespace<import('./index.ts').SelfModel>
    ALLOWANCES: DurableObjectNamespace<import('./index.ts').Allowance>
    ORG_RECORDS: DurableObjectNamespace<import('./index.ts').OrgRecord>
    /** Absent in a deployment that learns nothing. */
    LEARNING?: Queue
    LEARNING_DEAD?: Queue
    METRICS?: D1Database
    /** Absent where the account or the local runtime has no rate limiting. */
    USER_RATE?: RateLimit
    ORG_RATE?: RateLimit
    ENVIRONMENT?: string
    PROVIDER?: string
    OPENAI_BASE_URL?: string
    OPENAI_API_KEY?: string
    OPENAI_CONTENT?: string
    ANTHROPIC_BASE_URL?: string
    ANTHROPIC_API_KEY?: string
    SOURCE_BINDINGS?: string
    EDGEWISE_NAMING_SECRET?: string
    EDGEWISE_ROOT_SECRETS?: string
    /** Whoever holds it reads the metrics of all orgs; at least 32 characters. */
    EDGEWISE_METRICS_TOKEN?: string
    DEVELOPMENT_KEY?: string
  }
}
interface Env extends Cloudflare.Env {}

declare module '*.bin' {
  const bytes: ArrayBuffer
  export default bytes
}
