import * as z from 'zod/mini'
import { readArgs } from '../../tools/read-args.ts'
import type { Reach } from '../../shared/already-said.ts'
import type { Turn } from '../../shared/gate/port.ts'
import { limits } from '../../shared/limits.ts'
import { openFiles } from '../../tools/evaluate/files.ts'
import { Preference } from '../../tools/evaluate/formats.ts'
import { createRandom } from '../../tools/simulate/random.ts'
import { renderTable } from '../../tools/simulate/table.ts'
import { conversationOf, distanceOf, isAttachedAgain } from './reach.ts'

const help = `When does Edgewise attach a preference again that the conversation holds already?

  npm run bench -- refresh --data DIR

DIR/dev/prefeval: explicit.jsonl (preferences and questions) and inter_turns.json (conversations about
something else), from PrefEval. Each preference is said first, then come 1 to 20 other turns, then its
question. Printed: the share of the questions to which the preference would go along again, for several
values of refreshAfterTokens and refreshAfterTurns (shared/limits.ts). Seeded; no model answers here.
PrefEval itself: fewer than a tenth of the preferences are followed after 10 turns, about 3,000 tokens.
`

const { values } = readArgs({
  args: process.argv.slice(3),
  options: { data: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
})

const SEED = 1
const distances = [1, 2, 3, 5, 7, 10, 15, 20]
const FAR = Number.MAX_SAFE_INTEGER
const standard: Reach = { tokens: limits.refreshAfterTokens, turns: limits.refreshAfterTurns }
const settings: { name: string; reach: Reach }[] = [
  ...[500, 1000, 2000, 3000, 4000, 6000, 8000].map((tokens) => ({
    name: `${tokens} tokens`,
    reach: { tokens, turns: FAR },
  })),
  ...[3, 5, 10, 15, 20].map((turns) => ({
    name: `${turns} turns`,
    reach: { tokens: FAR, turns },
  })),
  { name: `${standard.tokens} tokens or ${standard.turns} turns (default)`, reach: standard },
]

const Conversations = z.array(
  z.object({
    conversation: z.array(z.object({ role: z.string(), content: z.string() })),
  }),
)

type Loaded = { asked: Preferences; others: Turn[][] }
type Preferences = z.infer<typeof Preference>[]

function load(): Loaded | string[] {
  const files = openFiles(values.data)
  const asked = files.read('dev/prefeval/explicit.jsonl', Preference)
  const text = files.readText('dev/prefeval/inter_turns.json')
  if (!asked || text === undefined) return files.missing()
  const others = Conversations.parse(JSON.parse(text)).map(({ conversation }) => conversation)
  return { asked, others }
}

function measure({ asked, others }: Loaded): string {
  const columns = distances.map((turns) => {
    const random = createRandom(SEED).fork(turns)
    const all = asked.map((one) => ({
      one,
      history: conversationOf(one, { turns, others, random }),
    }))
    const tokens = all.map(({ one, history }) => distanceOf(one, history)).toSorted((a, b) => a - b)
    const again = settings.map(({ reach }) => {
      const times = all.filter(({ one, history }) => isAttachedAgain(one, history, reach)).length
      return times / all.length
    })
    return { turns, median: tokens[Math.floor(tokens.length / 2)] ?? 0, again }
  })
  const percent = (share: number) => `${Math.round(100 * share)}%`
  const head = ['other turns between', ...columns.map(({ turns }) => String(turns))]
  const far = ['median distance, tokens', ...columns.map(({ median }) => String(median))]
  const rows = settings.map(({ name }, i) => [
    name,
    ...columns.map(({ again }) => percent(again[i] ?? 0)),
  ])
  const last = columns.map(({ turns, again }) => `${turns} turns ${(again.at(-1) ?? 0).toFixed(2)}`)
  return `${asked.length} preferences; share of the questions to which the preference goes along again, where it is
forgotten after

${renderTable([head, far, ...rows])}

refresh default ${last.join(' | ')}
`
}

function main(): void {
  if (values.help) return void process.stdout.write(help)
  const loaded = load()
  if (!Array.isArray(loaded)) return void process.stdout.write(measure(loaded))
  process.stderr.write(
    `missing: ${loaded.join('\nmissing: ')}\nGive their folder with --data DIR.\n`,
  )
  process.exitCode = 2
}

main()
