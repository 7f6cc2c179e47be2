import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What is done with a request before the Worker sees it; `undefined` lets it through. */
export type Meddle = (request: { method: string; path: string; body: string }) => Meddled
type Meddled = { status: number; headers?: Record<string, string>; body?: unknown } | undefined

export type InFront = { url: string; meddle: Meddle; close(): Promise<void> }

/** A server in front of a real Worker, as a bad network is: it passes on what it does not spoil. */
export async function standInFront(target: string): Promise<InFront> {
  const front: InFront = { url: '', meddle: () => undefined, close: async () => {} }
  const server = createServer((request, response) => {
    void (async () => {
      const body = await read(request)
      const { method = 'GET', url: path = '/' } = request
      const spoiled = front.meddle({ method, path, body })
      if (spoiled) {
        response.writeHead(spoiled.status, {
          'content-type': 'application/json',
          ...spoiled.headers,
        })
        response.end(JSON.stringify(spoiled.body ?? {}))
        return
      }
      const { authorization = '' } = request.headers
      const answer = await fetch(`${target}${path}`, {
        method,
        headers: { authorization, 'content-type': 'application/json' },
        ...(body === '' ? {} : { body }),
      })
      const retry = answer.headers.get('retry-after')
      response.writeHead(answer.status, retry === null ? {} : { 'retry-after': retry })
      response.end(await answer.text())
    })()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  front.url = `http://127.0.0.1:${port}`
  front.close = () =>
    new Promise((closed) => {
      server.closeAllConnections()
      server.close(() => closed())
    })
  return front
}

async function read(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString()
}
