import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { readCase } from './judge/cases.ts'
import { openModel } from './judge/model.ts'
import { judgeCase, type Judged } from './judge/run.ts'
import { tableOf } from './judge/table.ts'
import { readArgs } from './read-args.ts'

const help = `Judges what context does to a language model's answers. It needs a model: none of its figures
were measured in this repository.

  npm run -s judge -- --url https://api.openai.com/v1 --model NAME [--out answers.jsonl] < cases.jsonl

  in    {"kind": "quality", "id", "query", "facts": [{"category"?, "text"}],
           "expect"?: [text], "avoid"?: [text], "rubric"?: text}      quality for each step of tokens
        {"kind": "flip", "id", "question", "choices": [text], "answer"?: "A", "facts"}
                                                                      does a profile change a claim?
        {"kind": "quote", "id", "query", "facts"}                     are facts brought up unasked?
  out   one JSON line an answer into --out; the table goes to standard output

Blocks are the product's own. A case with "rubric" is graded by --judge-model (0 to 10); without, the score is
the share of "expect" that the answer holds, 0 where it holds any of "avoid". Flips are held against a second
answer without profile, quotes against an answer without it: what chance does. Examples: tools/judge/example.jsonl

  --url          base address of an OpenAI-compatible server
  --model        the model that answers
  --judge-model  the model that grades (the same); --judge-url where it is elsewhere
  --key-env      name of the variable that holds the key (OPENAI_API_KEY)
  --budgets      steps of quality, tokens of the block (0,50,100,200,500)
  --profile      tokens of the block for flip and quote (200)
  --max-tokens   of an answer (400); a model that thinks first needs more
  --temperature  0 where left out; the model's own where it takes no other
  --out          file for the answers
`

async function main(): Promise<number> {
  const { values } = readArgs({
    options: {
      url: { type: 'string' },
      model: { type: 'string' },
      'judge-model': { type: 'string' },
      'judge-url': { type: 'string' },
      'key-env': { type: 'string', default: 'OPENAI_API_KEY' },
      budgets: { type: 'string', default: '0,50,100,200,500' },
      profile: { type: 'string', default: '200' },
      'max-tokens': { type: 'string', default: '400' },
      temperature: { type: 'string', default: '0' },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const { url, model } = values
  const budgets = values.budgets.split(',').map(Number)
  const numbers = [
    ...budgets,
    ...[values.profile, values['max-tokens'], values.temperature].map(Number),
  ]
  if (values.help) return print(process.stdout, help, 0)
  if (!url || !model || numbers.some((number) => !(number >= 0))) {
    return print(process.stderr, help, 2)
  }
  const key = process.env[values['key-env']]
  const shared = { url, key, maxTokens: Number(values['max-tokens']), temperature: 0 }
  const judge = {
    ask: openModel({ ...shared, model, temperature: Number(values.temperature) }),
    grade: openModel({
      ...shared,
      url: values['judge-url'] ?? url,
      model: values['judge-model'] ?? model,
    }),
    budgets,
    profile: Number(values.profile),
  }
  const out = values.out === undefined ? undefined : createWriteStream(values.out)
  const judged: Judged[] = []
  let failures = 0
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (line.trim() === '') continue
    const asked = readCase(line)
    try {
      if (!asked.ok)
        throw new Error(`${asked.problem.field ?? ''}: ${asked.problem.expected ?? ''}`)
      const lines = await judgeCase(asked.value, judge)
      judged.push(...lines)
      for (const each of lines) out?.write(`${JSON.stringify(each)}\n`)
    } catch (cause) {
      failures += 1
      process.stderr.write(`${asked.ok ? asked.value.id : line.slice(0, 80)}: ${String(cause)}\n`)
    }
  }
  if (out) await new Promise<void>((done) => out.end(done))
  const lost = failures === 0 ? '' : `\n\n${failures} cases failed and stand in no figure.`
  return print(process.stdout, `${tableOf(judged)}${lost}\n`, failures === 0 ? 0 : 1)
}

function print(stream: NodeJS.WriteStream, text: string, status: number): number {
  stream.write(text)
  return status
}

process.exitCode = await main()
