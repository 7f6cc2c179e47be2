/** Milliseconds. */
export type Times = { p50: number; p95: number }

export type TierTimes = {
  /** A whole decision, twelve facts known. */
  gate: Times
  /** The same encoder's vector of the request, and its cosine with the twelve facts. */
  cosine: Times
}

export type GateTimes = { lite: TierTimes; full?: TierTimes & { facts: Times }; why?: string }

export const toTimes = (durations: readonly number[]): Times => {
  const sorted = durations.toSorted((a, b) => a - b)
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
  return { p50: at(0.5) ?? 0, p95: at(0.95) ?? 0 }
}

type Task = (i: number) => unknown

/** Runs two tasks by turns, each first every second time, so that both see the same machine. */
export async function takeTurns(
  { gate, cosine }: { gate: Task; cosine: Task },
  { warmup, runs }: { warmup: number; runs: number },
): Promise<TierTimes> {
  const times: { gate: number[]; cosine: number[] } = { gate: [], cosine: [] }
  const timed = async (name: 'gate' | 'cosine', i: number) => {
    const start = performance.now()
    await (name === 'gate' ? gate(i) : cosine(i))
    if (i >= warmup) times[name].push(performance.now() - start)
  }
  for (let i = 0; i < warmup + runs; i++) {
    const first = i % 2 === 0 ? 'gate' : 'cosine'
    await timed(first, i)
    await timed(first === 'gate' ? 'cosine' : 'gate', i)
  }
  return { gate: toTimes(times.gate), cosine: toTimes(times.cosine) }
}
