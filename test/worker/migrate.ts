import { env } from 'cloudflare:workers'
import erased from '../../worker/migrations/0005_erased.sql?raw'
import experiments from '../../worker/migrations/0003_experiments.sql?raw'
import metrics from '../../worker/migrations/0002_metrics.sql?raw'
import metricSeries from '../../worker/migrations/0004_metric_series.sql?raw'
import understanding from '../../worker/migrations/0001_understanding.sql?raw'

/** Makes the tables of D1, as `wrangler d1 migrations apply` does. */
export async function migrate(): Promise<void> {
  const statements = [understanding, metrics, experiments, metricSeries, erased]
    .join('\n')
    .replace(/^--.*$/gm, '')
    .split(';')
    .filter((statement) => statement.trim() !== '')
  for (const statement of statements) await env.METRICS?.prepare(statement).run()
}
