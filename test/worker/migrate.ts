import { env } from 'cloudflare:workers'
import understanding from '../../worker/migrations/0001_understanding.sql?raw'

/** Makes the tables of D1, as `wrangler d1 migrations apply` does. */
export async function migrate(): Promise<void> {
  const statements = understanding
    .replace(/^--.*$/gm, '')
    .split(';')
    .filter((statement) => statement.trim() !== '')
  for (const statement of statements) await env.METRICS?.prepare(statement).run()
}
