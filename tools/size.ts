import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import filePlugin from '@size-limit/file'
import sizeLimit from 'size-limit'
import * as z from 'zod/mini'
import { buildAssets, out } from './build.ts'

const BUDGET = 15_000
const Measured = z.tuple([z.object({ size: z.number() })])

/** Files that a module loads with it, through static imports, itself included. */
function withImports(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found
  found.add(file)
  const meta: { outputs: Record<string, { imports: { path: string; kind: string }[] }> } =
    JSON.parse(readFileSync('dist/meta.json', 'utf8'))
  const { imports } = meta.outputs[join(out, file)] ?? { imports: [] }
  for (const { path, kind } of imports) {
    if (kind === 'import-statement') withImports(path.replace(/^dist\/assets\//, ''), found)
  }
  return found
}

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`

/** Bytes of these files, each compressed by itself, as they are sent. */
async function bytesOf(
  names: readonly string[],
  how: { gzip?: boolean; brotli?: boolean },
): Promise<number> {
  const files = names.map((name) => join(out, name))
  // Its types promise an object only.
  const measured: unknown = await sizeLimit([filePlugin], { checks: [{ files, ...how }] })
  return Measured.parse(measured)[0].size
}

async function row(label: string, names: readonly string[]): Promise<number> {
  const raw = await bytesOf(names, { brotli: false })
  const gzip = await bytesOf(names, { gzip: true })
  const brotli = await bytesOf(names, {})
  const cells = [raw, gzip, brotli].map((bytes) => kilobytes(bytes).padStart(11))
  process.stdout.write(`${label.padEnd(44)}${cells.join('')}\n`)
  return gzip
}

await buildAssets()
process.stdout.write(
  `${'what'.padEnd(44)}${['raw', 'gzip', 'brotli'].map((c) => c.padStart(11)).join('')}\n`,
)
const entry = [...withImports('edgewise.js')]
const embed = await row('drop-in script, with what it imports', entry)
const gate = readGateParts().filter((name) => !entry.includes(name))
const weights = ['models/lite.bin', 'models/gate.json']
await row('gate code, before the first decision', gate)
await row('gate weights and thresholds (lite)', weights)
await row('all before the first decision', [...entry, ...gate, ...weights])
process.stdout.write(`embed ${kilobytes(embed)} of ${BUDGET / 1000} kB\n`)
process.exitCode = embed <= BUDGET ? 0 : 1

/** Parts that hold the page's gate, by the sources that went into them. */
function readGateParts(): string[] {
  const meta: { outputs: Record<string, { entryPoint?: string }> } = JSON.parse(
    readFileSync('dist/meta.json', 'utf8'),
  )
  const [part] =
    Object.entries(meta.outputs).find(
      ([, { entryPoint }]) => entryPoint === 'client/gate/index.ts',
    ) ?? []
  if (!part) return []
  const name = part.replace(/^dist\/assets\//, '')
  return [...withImports(name)].filter((file) => dirname(file) !== '')
}
