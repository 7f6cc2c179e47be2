import { readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium, type Page } from 'playwright'
import { modelsFolder } from './load-gate.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Where the gate's files lie in the repository, by the path that a page asks for. */
const folders: Record<string, string> = {
  '/models/': modelsFolder,
  '/wasm/': join(root, 'node_modules/@xenova/transformers/dist'),
}

export type GatePage = {
  /** A new page of its own context that has run the entry `page`. */
  open: (options?: PageOptions) => Promise<Page>
  /** Paths that were asked for, in order. */
  requests: string[]
  address: string
  close: () => Promise<void>
}

export type PageOptions = {
  /** `Content-Security-Policy` of the page and its worker. */
  policy?: string
  /** Runs in the page before anything else. */
  before?: () => void
}

/**
 * The gate's page side in a real Chromium: bundles the given entries (one is `page`), serves them with the
 * committed
 * models and the runtime's files from one origin, isolated, so that the clock is fine enough to measure.
 */
export async function startGatePage(entries: Record<string, string>): Promise<GatePage> {
  const bundles = await bundle(entries)
  const requests: string[] = []
  let policy: string | undefined
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    requests.push(pathname)
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp')
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
    response.setHeader('Access-Control-Allow-Origin', '*')
    if (policy !== undefined) response.setHeader('Content-Security-Policy', policy)
    answer(pathname, { response, bundles }).catch(() => response.writeHead(404).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const listening = server.address()
  const port = typeof listening === 'object' && listening !== null ? listening.port : 0
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  })
  const address = `http://127.0.0.1:${port}/`
  return {
    requests,
    address,
    async open(options = {}) {
      policy = options.policy
      const page = await (await browser.newContext()).newPage()
      if (options.before) await page.addInitScript(options.before)
      await page.goto(address)
      return page
    },
    async close() {
      await browser.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function bundle(entries: Record<string, string>): Promise<Map<string, Uint8Array>> {
  const { outputFiles } = await build({
    entryPoints: Object.fromEntries(
      Object.entries(entries).map(([name, file]) => [name, join(root, file)]),
    ),
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
    outdir: '/',
    write: false,
  })
  return new Map(outputFiles.map(({ path, contents }) => [path, contents]))
}

/** With an icon of its own: a browser asks for one whenever it likes, and the requests are counted. */
const html =
  '<!doctype html><title>gate</title><link rel="icon" href="data:," /><script type="module" src="/page.js"></script>'

const types: Record<string, string> = {
  js: 'text/javascript',
  json: 'application/json',
  wasm: 'application/wasm',
}

async function answer(
  path: string,
  { response, bundles }: { response: ServerResponse; bundles: ReadonlyMap<string, Uint8Array> },
): Promise<void> {
  const [prefix, folder] = Object.entries(folders).find(([start]) => path.startsWith(start)) ?? []
  const page = path === '/' ? Buffer.from(html) : undefined
  const body =
    page ??
    bundles.get(path) ??
    (await readFile(join(folder ?? '/nowhere', normalize(`/${path.slice(prefix?.length ?? 0)}`))))
  const type =
    types[path.split('.').at(-1) ?? ''] ?? (page ? 'text/html' : 'application/octet-stream')
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.byteLength }).end(body)
}
