import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

const out = 'dist/assets'

/** What the Worker serves as static files: the script and its parts, the gate's weights, the demo page. */
export async function buildAssets(): Promise<void> {
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  const common = {
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    sourcemap: true,
    logLevel: 'warning',
    outdir: out,
  } as const
  await build({
    ...common,
    entryPoints: { edgewise: 'client/embed.ts', 'edgewise-module': 'client/index.ts' },
    splitting: true,
    chunkNames: 'parts/[name]-[hash]',
    metafile: true,
  }).then(({ metafile }) => writeFileSync('dist/meta.json', JSON.stringify(metafile)))
  await build({ ...common, entryPoints: { 'gate-worker': 'client/gate/full-worker.ts' } })
  await build({ ...common, entryPoints: { 'demo/demo': 'demo/demo.ts' } })
  for (const file of ['index.html', 'demo.css'])
    cpSync(`demo/${file}`, join(out, file === 'index.html' ? file : `demo/${file}`))
  copyModels()
  copyWasm()
  writeFileSync(join(out, '_headers'), assetHeaders)
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
`

/** Compressed bytes of a built file are measured by `npm run size`. */
export const builtFile = (name: string): Buffer => readFileSync(join(out, name))

if (import.meta.main) {
  await buildAssets()
  process.stdout.write(`Built ${out}\n`)
}
