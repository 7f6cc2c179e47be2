import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readArgs } from '../read-args.ts'
import { extractFrom } from '../../shared/extract/extract.ts'
import { openFiles, type Files } from '../evaluate/files.ts'
import { Message } from '../evaluate/formats.ts'
import { hasFull, modelsFolder } from '../load-gate.ts'
import { loadTagger } from '../load-tagger.ts'
import { measureDisclosure, type Count, type Disclosure } from './disclosure.ts'
import type { Find } from './lessons.ts'
import { measureLocomo, type Locomo } from './locomo.ts'

const help = `Runs extraction and self-model over labelled messages: what is found, kept, wrongly learned.

  node tools/learning-report/index.ts [--data DIR] [--tier lite|full] [--write]

  --data    folder with dev/locomo, which is not committed (README there: source)
  --tier    only this tier of the tagger
  --write   write models/learning-report.md
`

const languages = ['de', 'es', 'fr', 'pt', 'zh']

type Report = {
  tier: string
  english: Disclosure
  others: [language: string, measured: Disclosure][]
  locomo: Locomo | undefined
}

async function report(files: Files, tier: 'lite' | 'full'): Promise<Report> {
  const { tagger, config } = await loadTagger(tier)
  const find: Find = (text) => extractFrom(text, tagger, config)
  const read = (path: string) => files.read(path, Message) ?? []
  const english = await measureDisclosure(read('dev/disclosure/messages.jsonl'), find)
  const others: Report['others'] = []
  for (const language of languages) {
    const messages = read(`dev/languages/${language}/disclosure.jsonl`)
    others.push([language, await measureDisclosure(messages, find)])
  }
  return { tier, english, others, locomo: await measureLocomo(files, find) }
}

const share = (part: number, whole: number): string =>
  whole === 0 ? '-' : `${((100 * part) / whole).toFixed(0)}%`

const countRow = (name: string, { stated, found, kept, learned, wrong }: Count): string[] => [
  name,
  String(stated),
  share(found, stated),
  share(kept, stated),
  String(learned),
  share(wrong, learned),
]

function table(rows: readonly string[][]): string {
  const [head = []] = rows
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'))
  return [head, rule, ...rows.slice(1)].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function toMarkdown({ tier, english, others, locomo }: Report): string {
  const head = ['', 'stated', 'found', 'kept', 'learned', 'of it wrong']
  const categories = [...english.byCategory].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const quiet = [['English', english] as const, ...others].map(
    ([name, { quiet: q }]) => `${name} ${share(q.left, q.messages)} of ${q.messages}`,
  )
  return `## Tier ${tier}

${table([
  head,
  countRow('English, all', english.all),
  ...categories.map(([name, count]) => countRow(name, count)),
  ...others.map(([name, { all }]) => countRow(`language ${name}`, all)),
])}

Messages that state nothing, left alone: ${quiet.join(', ')}.
${locomo ? `\n${locomoText(locomo)}\n` : ''}`
}

function locomoText({ fates, ...all }: Locomo): string {
  const { people, turns, stated, found, kept, findings, unnoted, facts } = all
  return `LoCoMo: ${people} people, ${turns} turns over months, ${stated} noted observations. In the turns of ${share(found, stated)} something was found, for ${share(kept, stated)} it stands in the self-model at the end. Of ${findings} findings ${share(fates.kept, findings)} are kept, ${share(fates.replaced, findings)} folded or superseded, ${share(fates.gone, findings)} evicted (64 facts at most), ${share(fates.refused, findings)} refused; ${share(unnoted, findings)} come from turns of which nobody has noted anything. Facts of one person at the end: ${Math.min(...facts)} to ${Math.max(...facts)}.`
}

async function main(): Promise<number> {
  const { values } = readArgs({
    options: {
      data: { type: 'string' },
      tier: { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) {
    process.stdout.write(help)
    return 0
  }
  const files = openFiles(values.data)
  const tiers = (['lite', 'full'] as const).filter(
    (tier) =>
      (values.tier ?? tier) === tier &&
      (tier === 'full' ? hasFull() : existsSync(join(modelsFolder, 'disclosure.bin'))),
  )
  const parts: string[] = []
  for (const tier of tiers) parts.push(toMarkdown(await report(files, tier)))
  const missing = files.missing().map((file) => `- not measured, missing: ${file}`)
  const text = `# What is learned from messages

Written by \`node tools/learning-report/index.ts --data DIR --write\`. A statement counts as found where a piece of the extraction and it, each used once, overlap by at least half of the shorter; as kept where it then stands in a self-model that learned the whole message by the edge's own rules. Wrong is what was learned and matches no statement; it stands by the category that the extraction gave, all else by that of the statement. Nothing was chosen or trained on these sets.

${[...parts, ...missing].join('\n')}
`
  process.stdout.write(text)
  if (values.write) writeFileSync(join(modelsFolder, 'learning-report.md'), text)
  return 0
}

process.exitCode = await main()
