import type { Case, CaseOf } from './cases.ts'
import type { Ask, Reply } from './model.ts'
import { blockOf, choicePrompt, judgePrompt, withBlock } from './prompt.ts'
import { choiceOf, judgedScore, quotedFacts, stringScore } from './score.ts'

/** One answer, as it goes into the output. `tokens`: of the block, estimated; `input`: of the prompt, by the server. */
export type Judged = {
  id: string
  kind: Case['kind']
  /** Tokens that the block might have; 0: without a profile. */
  budget: number
  tokens: number
  input: number
  output: number
  answer: string
  score?: number
  choice?: string
  /** The choice differs from the one without a profile. */
  flipped?: boolean
  /** The same, for a second answer without a profile: what chance alone does. */
  chance?: boolean
  right?: boolean
  quoted?: string[]
}

export type Judge = {
  ask: Ask
  /** Grades answers of cases with a rubric. */
  grade: Ask
  /** Steps of `quality`, tokens of the block. */
  budgets: readonly number[]
  /** The block of the other two, tokens. */
  profile: number
}

/** All answers to one case. Rejects where the server fails. */
export function judgeCase(asked: Case, judge: Judge): Promise<Judged[]> {
  if (asked.kind === 'quality') return judgeQuality(asked, judge)
  return asked.kind === 'flip' ? judgeFlip(asked, judge) : judgeQuote(asked, judge)
}

const entry = (
  asked: Case,
  budget: number,
  { reply, tokens }: { reply: Reply; tokens: number },
) => ({
  id: asked.id,
  kind: asked.kind,
  budget,
  tokens,
  input: reply.input,
  output: reply.output,
  answer: reply.text,
})

async function judgeQuality(asked: CaseOf<'quality'>, judge: Judge): Promise<Judged[]> {
  const judged: Judged[] = []
  for (const budget of judge.budgets) {
    const { text, tokens } = blockOf(asked.query, { facts: asked.facts, budget })
    const reply = await judge.ask(withBlock(asked.query, text))
    const score =
      asked.rubric === undefined
        ? stringScore(reply.text, {
            ...(asked.expect ? { expect: asked.expect } : {}),
            ...(asked.avoid ? { avoid: asked.avoid } : {}),
          })
        : judgedScore((await judge.grade(judgePrompt(asked, reply.text))).text)
    const line = entry(asked, budget, { reply, tokens })
    judged.push(score === undefined ? line : { ...line, score })
  }
  return judged
}

async function judgeFlip(asked: CaseOf<'flip'>, judge: Judge): Promise<Judged[]> {
  const words = choicePrompt(asked)
  const { text, tokens } = blockOf(asked.question, { facts: asked.facts, budget: judge.profile })
  const [plain, again, personal] = [
    await judge.ask(words),
    await judge.ask(words),
    await judge.ask(withBlock(words, text)),
  ]
  const choice = (reply: Reply) => choiceOf(reply.text, asked.choices.length)
  const [first, second, third] = [choice(plain), choice(again), choice(personal)]
  const lineOf = (made: string | undefined) => ({
    ...(made === undefined ? {} : { choice: made }),
    ...(asked.answer === undefined ? {} : { right: made === asked.answer }),
  })
  return [
    { ...entry(asked, 0, { reply: plain, tokens: 0 }), ...lineOf(first), chance: second !== first },
    {
      ...entry(asked, judge.profile, { reply: personal, tokens }),
      ...lineOf(third),
      flipped: third !== first,
    },
  ]
}

async function judgeQuote(asked: CaseOf<'quote'>, judge: Judge): Promise<Judged[]> {
  const judged: Judged[] = []
  for (const budget of [0, judge.profile]) {
    const { text, tokens } = blockOf(asked.query, { facts: asked.facts, budget })
    const reply = await judge.ask(withBlock(asked.query, text))
    const line = entry(asked, budget, { reply, tokens })
    judged.push({ ...line, quoted: quotedFacts(reply.text, asked) })
  }
  return judged
}
