import { readGateConfig, type GateConfig } from '../../shared/gate/config.ts'
import { createLiteGate, type LiteGate } from '../../shared/gate/lite.ts'

export type LoadedLite = { gate: LiteGate; config: GateConfig }

export type LoadOptions = {
  base: string
  now: () => number
  fetch: typeof fetch
  signal: AbortSignal
}

/** Fetches and reads the small tier. Rejects when a file is missing, broken or does not fit. */
export async function loadLite({ base, now, fetch, signal }: LoadOptions): Promise<LoadedLite> {
  const get = async (file: string) => {
    const response = await fetch(`${base}models/${file}`, { credentials: 'omit', signal })
    if (!response.ok) throw new Error(`models/${file} answered ${response.status}`)
    return response
  }
  const [weights, numbers] = await Promise.all([
    get('lite.bin').then((response) => response.arrayBuffer()),
    get('gate.json').then((response): Promise<unknown> => response.json()),
  ])
  const config = readGateConfig(numbers, 'lite')
  if (!config.ok) throw new Error(`models/gate.json: ${config.problem.field} is not as expected`)
  return { gate: createLiteGate(weights, config.value, now), config: config.value }
}
