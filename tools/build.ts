import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild'
import { emitTypes, typesOut } from './emit-types.ts'

/** Where the static files are built to. */
export const out = 'dist/assets'

/** What the Worker serves as static files: the script and its parts, the gate's weights, demo and dashboard. */
export async function buildAssets(): Promise<void> {
  const started = Date.now()
  mkdirSync(out, { recursive: true })
  const parts = await buildParts()
  await buildScripts(parts)
  await build({ ...common, entryPoints: { 'gate-worker': 'client/gate/full-worker.ts' } })
  await build({ ...common, entryPoints: { 'demo/demo': 'demo/demo.ts' } })
  await buildDashboard()
  const backEnd = { server: 'client/server.ts', 'ai-sdk': 'client/ai-sdk/index.ts' }
  await build({ ...common, entryPoints: backEnd, outdir: 'dist' })
  cpSync('demo/index.html', join(out, 'index.html'))
  cpSync('demo/demo.css', join(out, 'demo/demo.css'))
  copyModels()
  copyWasm()
  writeFileSync(join(out, '_headers'), assetHeaders)
  removeOlder(started)
}

/** What earlier builds left goes last: a Worker that serves this folder is never without its files. */
function removeOlder(started: number): void {
  for (const entry of readdirSync('dist', { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name)
    if (file.startsWith(typesOut)) continue
    // Whole seconds: some file systems know no less.
    if (entry.isFile() && statSync(file).mtimeMs < started - 1000) rmSync(file)
  }
}

const common = {
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  sourcemap: true,
  logLevel: 'warning',
  outdir: out,
} satisfies BuildOptions

/** What the client loads on demand, and where each of these files was built to. */
type Parts = { metafile: Metafile; urlOf: Map<string, string> }

const onDemand = [
  'client/gate/index.ts',
  'client/learn/index.ts',
  'client/learn/origins.ts',
  'client/owner.ts',
  'client/panel/define.ts',
  'client/receipts.ts',
  'client/session-notes.ts',
  'client/visitor.ts',
]

async function buildParts(): Promise<Parts> {
  const { metafile } = await build({
    ...common,
    entryPoints: onDemand,
    outbase: '.',
    outdir: join(out, 'parts'),
    entryNames: '[name]-[hash]',
    chunkNames: 'shared-[hash]',
    splitting: true,
    metafile: true,
  })
  const urlOf = new Map<string, string>()
  for (const [file, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint) urlOf.set(resolve(entryPoint), `./${relative(out, file)}`)
  }
  return { metafile, urlOf }
}

/** Each of the two scripts in one file: one request, and one `integrity` for the drop-in. */
async function buildScripts({ metafile, urlOf }: Parts): Promise<void> {
  const partsByUrl: Plugin = {
    name: 'parts-by-url',
    setup(plugin) {
      plugin.onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
        if (kind !== 'dynamic-import') return undefined
        const url = urlOf.get(resolve(resolveDir, path))
        if (url) return { path: url, external: true }
        return {
          errors: [{ text: `${path} is loaded on demand, but not listed in tools/build.ts` }],
        }
      })
    },
  }
  const scripts = await build({
    ...common,
    entryPoints: { edgewise: 'client/embed.ts', 'edgewise-module': 'client/index.ts' },
    plugins: [partsByUrl],
    metafile: true,
  })
  const outputs = { ...metafile.outputs, ...scripts.metafile.outputs }
  writeFileSync('dist/meta.json', JSON.stringify({ outputs }))
}

/** The org admins' page, with the charting library and its style in its two files. */
async function buildDashboard(): Promise<void> {
  const entryPoints = ['dashboard/dashboard.ts', 'dashboard/dashboard.css']
  await build({ ...common, entryPoints, outdir: join(out, 'dashboard') })
  cpSync('dashboard/index.html', join(out, 'dashboard/index.html'))
}

function copyModels(): void {
  mkdirSync(join(out, 'models'), { recursive: true })
  for (const file of ['lite.bin', 'gate.json', 'disclosure.bin', 'full']) {
    const from = join('models', file)
    if (existsSync(from)) cpSync(from, join(out, 'models', file), { recursive: true })
  }
}

/** The WebAssembly files of the larger gate's runtime, from the same origin as everything else. */
function copyWasm(): void {
  mkdirSync(join(out, 'wasm'), { recursive: true })
  for (const file of ['ort-wasm.wasm', 'ort-wasm-simd.wasm']) {
    cpSync(`node_modules/@xenova/transformers/dist/${file}`, join(out, 'wasm', file))
  }
}

/* Module scripts are fetched with CORS from every app; parts carry their hash in the name. */
const assetHeaders = `/*
  Access-Control-Allow-Origin: *
  Cross-Origin-Resource-Policy: cross-origin
  X-Content-Type-Options: nosniff
/parts/*
  Cache-Control: public, max-age=31536000, immutable
/index.html
  Referrer-Policy: no-referrer
/dashboard/*
  Referrer-Policy: no-referrer
  Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
`

if (import.meta.main) {
  await buildAssets()
  emitTypes()
  process.stdout.write(`Built ${out}\n`)
}
