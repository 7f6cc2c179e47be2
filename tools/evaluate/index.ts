import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createFullReader } from '../../shared/gate/full-reader.ts'
import { describeTimes, measureGate } from '../../bench/gate/measure.ts'
import { hasFull, loadConfig, loadFullParts, loadGate, modelsFolder } from '../load-gate.ts'
import { readArgs } from '../read-args.ts'
import { always, cosine, keywords, never } from './baselines.ts'
import { measure, type Figure } from './bootstrap.ts'
import { collect, type Samples } from './collect.ts'
import { addCrossValidation } from './cross-validation.ts'
import { collectDisclosure } from './disclosure.ts'
import { listErrors } from './errors.ts'
import { readEvaluation, type Evaluation } from './evaluation.ts'
import { openFiles, type Files } from './files.ts'
import { findFactsWith } from './find-facts.ts'
import { ngrams } from './ngrams.ts'
import { drawCurves } from './picture.ts'
import { toMarkdown, toSizes, toText, type Line } from './report.ts'
import { rows } from './rows.ts'
import { gateSystem, type System } from './system.ts'

const help = `Measures the gate and the simple ways on labelled data.

  npm run evaluate [-- --data DIR] [--tier lite|full] [--write] [--no-speed]

  --data     folder with dev/ and train/ of the sets that are not committed (README of each set: source)
  --tier     only this tier of the gate
  --write    write models/report.md and models/precision-recall.svg (the default with both tiers and all the data)
  --no-speed leave out the timing in Chromium
  --errors   also list the worst errors of both tiers, by id

Seeds, sampling and tie rules: tools/evaluate/evaluation.json.
`

type Measured = { system: System; samples: Samples }

async function systems(
  files: Files,
  evaluation: Evaluation,
  tiers: readonly ('lite' | 'full')[],
): Promise<System[]> {
  const counted = ngrams(files, evaluation.ngrams)
  const gates = await Promise.all(tiers.map((tier) => loadGate(tier)))
  const reader = hasFull() ? createFullReader(await loadFullParts(loadConfig('full'))) : undefined
  return [
    ...gates.map((gate) => gateSystem(gate, evaluation)),
    ...(counted ? [counted] : []),
    ...(reader ? [await cosine(reader, files)] : []),
    keywords,
    always,
    never,
  ]
}

async function measureAll(
  files: Files,
  evaluation: Evaluation,
  tiers: readonly ('lite' | 'full')[],
): Promise<Measured[]> {
  const measured: Measured[] = []
  for (const system of await systems(files, evaluation, tiers)) {
    process.stderr.write(`measuring ${system.name} ...\n`)
    const samples = await collect(files, system, evaluation)
    const find = await findFactsWith(system.name)
    if (find) await collectDisclosure(files, find, samples)
    measured.push({ system, samples })
  }
  return measured
}

function toLines(measured: readonly Measured[], { bootstrap }: Evaluation): Line[] {
  return rows.flatMap((row) => {
    const figures = new Map<string, Figure>()
    for (const { system, samples } of measured) {
      const own = samples.get(row.samples)
      if (own) figures.set(system.name, measure(own, row.metric, bootstrap))
    }
    return figures.size > 0 ? [{ row, figures }] : []
  })
}

function picture(measured: readonly Measured[]): string {
  const panel = (title: string, key: string) => ({
    title,
    lines: measured
      .filter(({ system, samples }) => samples.has(key) && system !== always && system !== never)
      .map(({ system, samples }) => ({ name: system.name, samples: samples.get(key) ?? [] })),
  })
  return drawCurves(
    [panel('The request needs its user', 'needs'), panel('The fact helps', 'helps')].filter(
      ({ lines }) => lines.length > 0,
    ),
  )
}

function errorsOf(measured: readonly Measured[]): string {
  const lists = measured
    .filter(({ system: { name } }) => name === 'lite' || name === 'full')
    .flatMap(({ system, samples }) =>
      ['needs', 'helps', 'session', 'stakes'].map(
        (key) => `${system.name}, ${listErrors(samples, key)}`,
      ),
    )
  return `\n${lists.join('\n\n')}\n`
}

async function main(): Promise<number> {
  const { values } = readArgs({
    options: {
      data: { type: 'string' },
      tier: { type: 'string' },
      write: { type: 'boolean' },
      speed: { type: 'boolean', default: true },
      errors: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
    allowNegative: true,
  })
  if (values.help) {
    process.stdout.write(help)
    return 0
  }
  const evaluation = readEvaluation()
  const files = openFiles(values.data)
  const tiers = (['lite', 'full'] as const).filter(
    (tier) => (values.tier ?? tier) === tier && (tier === 'lite' || hasFull()),
  )
  const measured = await measureAll(files, evaluation, tiers)
  const lines = toLines(measured, evaluation)
  const names = measured.map(({ system }) => system.name)
  const speed = values.speed ? describeTimes(await measureGate(evaluation.speed)) : []
  const notes = [...files.missing().map((file) => `not measured, missing: ${file}`), ...speed]
  process.stdout.write(`${toText(lines, names)}\n\n${notes.join('\n')}\n`)
  if (values.errors) process.stdout.write(errorsOf(measured))
  const isWhole = tiers.length === 2 && files.missing().length === 0
  if (values.write ?? isWhole) write(lines, { names, notes, measured })
  else process.stderr.write('models/report.md stays as it is (--write)\n')
  return 0
}

function write(
  lines: readonly Line[],
  { names, notes, measured }: { names: string[]; notes: string[]; measured: readonly Measured[] },
): void {
  const { bootstrap } = readEvaluation()
  const text = `# How the gate was measured

Written by \`npm run evaluate -- --data DIR\`; seeds, sampling and tie rules: tools/evaluate/evaluation.json.
Each figure stands with its ${bootstrap.level * 100}% bootstrap interval. \`met\`: the target is reached; \`open\`: it is not, but the
interval reaches it; \`missed\`: the interval lies wholly on the wrong side. Columns after the tiers are the simple ways.

${toMarkdown(lines, names)}

${addCrossValidation(modelsFolder)}
Examples (positive / negative): ${toSizes(lines, names[0] ?? 'lite')}.

![precision against recall](precision-recall.svg)

${notes.map((note) => `- ${note}`).join('\n')}
`
  writeFileSync(join(modelsFolder, 'report.md'), text)
  writeFileSync(join(modelsFolder, 'precision-recall.svg'), picture(measured))
}

process.exitCode = await main()
