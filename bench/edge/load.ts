import { Agent, request as httpRequest } from 'node:http'

export type Load = { url: string; body: string; headers: (n: number) => Record<string, string> }
export type Measured = { p50: number; p99: number; rps: number }

/** Connections that stay open, and how long what was sent over them took. */
export type Sender = {
  /** Sends so many requests, each read to its end. Throws on any answer but 200. */
  send(count: number): Promise<void>
  /** Of all that was sent: milliseconds, and requests a second while some were under way. */
  measured(): Measured
  close(): void
}

export function openSender(load: Load, streams: number): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: streams })
  const times: number[] = []
  let sent = 0
  let busy = 0
  return {
    async send(count) {
      const end = sent + count
      const lane = async () => {
        while (sent < end) {
          const started = performance.now()
          await one(load, agent, sent++)
          times.push(performance.now() - started)
        }
      }
      const started = performance.now()
      await Promise.all(Array.from({ length: streams }, lane))
      busy += performance.now() - started
    },
    measured() {
      const sorted = times.toSorted((a, b) => a - b)
      const at = (share: number) =>
        sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
      return { p50: at(0.5), p99: at(0.99), rps: (times.length / busy) * 1000 }
    },
    close: () => agent.destroy(),
  }
}

/** Sends `count` requests over `streams` connections of their own. */
export async function send(
  load: Load,
  { count, streams }: { count: number; streams: number },
): Promise<Measured> {
  const sender = openSender(load, streams)
  try {
    await sender.send(count)
    return sender.measured()
  } finally {
    sender.close()
  }
}

function one({ url, body, headers }: Load, agent: Agent, n: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const length = String(Buffer.byteLength(body))
    const request = httpRequest(
      `${url}/v1/chat/completions`,
      {
        agent,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': length, ...headers(n) },
      },
      (response) => {
        let tail = ''
        response.on('data', (part: Buffer) => {
          tail = (tail + part.toString('latin1')).slice(-200)
        })
        response.on('end', () => {
          const whole = response.statusCode === 200 && tail.includes('data: [DONE]')
          if (whole) resolve()
          else reject(new Error(`answer ${response.statusCode}: ${tail}`))
        })
        response.on('error', reject)
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}

/** What the answer to one request says of itself. */
export async function receiptOf({ url, body, headers }: Load): Promise<string> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers(0) },
    body,
  })
  await response.text()
  return response.headers.get('edgewise-receipt') ?? ''
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
