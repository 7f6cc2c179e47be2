import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { build } from 'esbuild'

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void

/** An app on an origin of its own: its page, its script, its token route, and routes that a test adds. */
export async function startApp({
  edgewise,
  script,
  routes = {},
}: {
  /** Address of the Worker. */
  edgewise: string
  /** Source of the page's module. */
  script: string
  routes?: Record<string, Handler>
}): Promise<{ url: string; close(): Promise<void> }> {
  const bundled = await build({
    stdin: { contents: script, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    // As an app without a bundler of its own takes it: from the Worker.
    external: [`${edgewise}/*`],
    logLevel: 'error',
  })
  const page = '<!doctype html><meta charset="utf-8"><script type="module" src="/app.js"></script>'
  const handlers: Record<string, Handler> = {
    '/': (_request, response) => send(response, 'text/html', page),
    '/app.js': (_request, response) =>
      send(response, 'text/javascript', bundled.outputFiles[0]?.text ?? ''),
    async '/token'(request, response) {
      const user = new URL(request.url ?? '', 'http://app').searchParams.get('user')
      const token = await fetch(`${edgewise}/demo/token?user=${user ?? ''}`)
      send(response, 'application/json', await token.text())
    },
    ...routes,
  }
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://app')
    const handler = handlers[pathname]
    if (handler) Promise.resolve(handler(request, response)).catch(() => response.destroy())
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    url: `http://127.0.0.1:${port ?? 0}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'content-type': type })
  response.end(body)
}

/** The body of a request to the app's own back end. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(Buffer.from(part))
  return Buffer.concat(parts).toString('utf8')
}
