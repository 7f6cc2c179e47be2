import { alreadySaid, type Reach } from '../../shared/already-said.ts'
import type { Turn } from '../../shared/gate/port.ts'
import { estimateTokens } from '../../shared/tokens.ts'
import type { Random } from '../../tools/simulate/random.ts'

/** A preference, and a later question that it bears on. */
export type Asked = { preference: string; question: string }

const ACCEPTED = 'Thank you, I will keep that in mind.'

/** The preference first, then as many turns about something else, from conversations in a drawn order. */
export function conversationOf(
  { preference }: Asked,
  { turns, others, random }: { turns: number; others: readonly Turn[][]; random: Random },
): Turn[] {
  const between: Turn[] = []
  while (between.length < turns * 2 && others.length > 0) between.push(...random.pick(others))
  return [
    { role: 'user', content: preference },
    { role: 'assistant', content: ACCEPTED },
    ...between.slice(0, turns * 2),
  ]
}

/** Whether a preference that was said that long ago would be attached to the question again. */
export const isAttachedAgain = (
  { preference, question }: Asked,
  history: readonly Turn[],
  reach: Reach,
): boolean =>
  !alreadySaid([...history, { role: 'user', content: question }], reach)({ text: preference })

/** Estimated tokens from the preference to the end of the question. */
export const distanceOf = ({ question }: Asked, history: readonly Turn[]): number =>
  history.reduce((sum, { content }) => sum + estimateTokens(content), estimateTokens(question))
