import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync, brotliCompressSync } from 'node:zlib'
import { buildAssets, builtFile } from './build.ts'

const BUDGET = 15_000

/** Files that a module loads with it, through static imports, itself included. */
function withImports(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found
  found.add(file)
  const meta: { outputs: Record<string, { imports: { path: string; kind: string }[] }> } =
    JSON.parse(readFileSync('dist/meta.json', 'utf8'))
  const { imports } = meta.outputs[join('dist/assets', file)] ?? { imports: [] }
  for (const { path, kind } of imports) {
    if (kind === 'import-statement') withImports(path.replace(/^dist\/assets\//, ''), found)
  }
  return found
}

const compressed = (name: string) => gzipSync(builtFile(name), { level: 9 }).length
const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`

function row(label: string, names: string[]): number {
  const gzip = names.reduce((sum, name) => sum + compressed(name), 0)
  const brotli = names.reduce((sum, name) => sum + brotliCompressSync(builtFile(name)).length, 0)
  const raw = names.reduce((sum, name) => sum + builtFile(name).length, 0)
  const cells = [kilobytes(raw), kilobytes(gzip), kilobytes(brotli)].map((cell) =>
    cell.padStart(11),
  )
  process.stdout.write(`${label.padEnd(44)}${cells.join('')}\n`)
  return gzip
}

await buildAssets()
process.stdout.write(
  `${'what'.padEnd(44)}${['raw', 'gzip', 'brotli'].map((c) => c.padStart(11)).join('')}\n`,
)
const entry = [...withImports('edgewise.js')]
const embed = row('drop-in script, with what it imports', entry)
const gate = readGateParts().filter((name) => !entry.includes(name))
row('gate code, before the first decision', gate)
row('gate weights and thresholds (lite)', ['models/lite.bin', 'models/gate.json'])
row('all before the first decision', [...entry, ...gate, 'models/lite.bin', 'models/gate.json'])
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
