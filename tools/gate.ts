import { createInterface } from 'node:readline'
import { readArgs } from './read-args.ts'
import { limits } from '../shared/limits.ts'
import { Mode, Tier } from '../shared/schema/decision.ts'
import { answerLine } from './gate-line.ts'
import { loadGate } from './load-gate.ts'

const help = `Runs the gate over JSON lines, to judge it on your own logs.

  npm run -s gate -- [--tier lite|full] [--mode cautious|balanced|generous] [--max-facts 5] [--explain] < in > out

  in    {"id", "query", "history"?: [{"role", "content"}], "notes"?: [text],
         "facts"?: [{"id", "category"?, "text", "vital"?: bool}]}
  out   {"id", "style", "session", "profile", "stakes": {"medical", "legal", "financial", "safety"},
         "attach": {"style": bool, "session": bool, "profile": bool},
         "facts": [{"id", "score", "attach": bool}], "ms"}

style, session, profile and stakes are calibrated probabilities; attach says what the request needs. A
fact's score is P(it helps), weighed by P(the request needs its user), after the rules (0 where a rule
keeps it out; P(it helps) alone for a vital fact). Every fact is listed, in the order given. A line that
cannot be read is answered with {"id"?, "error": {"code", "field", "expected"}}, and the next one follows.

  --tier       lite (the default) or full
  --mode       how readily context is attached (balanced)
  --max-facts  facts attached to one request at most (${limits.blockFacts})
  --explain    adds "why": reason, language, thresholds and more
`

async function main(): Promise<number> {
  const { values } = readArgs({
    options: {
      tier: { type: 'string', default: 'lite' },
      mode: { type: 'string', default: 'balanced' },
      'max-facts': { type: 'string', default: String(limits.blockFacts) },
      explain: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return print(process.stdout, help, 0)
  const tier = Tier.safeParse(values.tier)
  const mode = Mode.safeParse(values.mode)
  const maxFacts = Number(values['max-facts'])
  if (!tier.success || !mode.success || !Number.isInteger(maxFacts) || maxFacts < 0)
    return print(process.stderr, help, 2)
  const gate = await loadGate(tier.data)
  const decide = { mode: mode.data, maxFacts, blocked: [], everyFact: true }
  // A reader that has seen enough (`| head`) ends the run.
  process.stdout.on('error', () => process.exit(0))
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (line.trim() === '') continue
    const answer = await answerLine(line, { gate, decide, explain: values.explain })
    if (!process.stdout.write(`${JSON.stringify(answer)}\n`)) {
      await new Promise((resolve) => process.stdout.once('drain', resolve))
    }
  }
  return 0
}

function print(stream: NodeJS.WriteStream, text: string, status: number): number {
  stream.write(text)
  return status
}

try {
  process.exitCode = await main()
} catch (cause) {
  const message = cause instanceof Error ? cause.message : String(cause)
  process.stderr.write(`${message}\nnpm run -s gate -- --help says more.\n`)
  process.exitCode = 2
}
