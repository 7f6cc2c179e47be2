import { describe, expect, test } from 'vitest'
import { conversationOf, distanceOf, isAttachedAgain } from '../../bench/refresh/reach.ts'
import { createRandom } from '../../tools/simulate/random.ts'

const asked = {
  preference: 'I strongly prefer films that are shorter than two hours.',
  question: 'What should we watch tonight?',
}
const others = [1, 2].map((n) =>
  [1, 2, 3].flatMap((turn) => [
    { role: 'user', content: `Question ${turn} of conversation ${n} about the garden?` },
    { role: 'assistant', content: 'Water it in the evening. '.repeat(40) },
  ]),
)
const after = (turns: number) =>
  conversationOf(asked, { turns, others, random: createRandom(1).fork(turns) })
const far = Number.MAX_SAFE_INTEGER

describe('a preference that was said before', () => {
  test('stands first, then so many other turns', () => {
    const history = after(7)
    expect(history[0]).toEqual({ role: 'user', content: asked.preference })
    expect(history.filter(({ role }) => role === 'user')).toHaveLength(8)
  })
  test('is not attached again while it is within reach', () => {
    expect(isAttachedAgain(asked, after(2), { tokens: 3000, turns: 10 })).toBe(false)
  })
  test('is attached again where too many turns lie between', () => {
    const at = [2, 3, 4].map((turns) =>
      isAttachedAgain(asked, after(turns), { tokens: far, turns: 5 }),
    )
    expect(at).toEqual([false, false, true])
  })
  test('is attached again where too many tokens lie between', () => {
    const history = after(6)
    const distance = distanceOf(asked, history)
    expect(isAttachedAgain(asked, history, { tokens: distance, turns: far })).toBe(false)
    expect(isAttachedAgain(asked, history, { tokens: distance - 1, turns: far })).toBe(true)
  })
  test('is attached by default after ten turns, however short they were', () => {
    const short = [
      [
        { role: 'user', content: 'And?' },
        { role: 'assistant', content: 'Yes.' },
      ],
    ]
    const history = conversationOf(asked, { turns: 10, others: short, random: createRandom(1) })
    expect(isAttachedAgain(asked, history, { tokens: 3000, turns: 10 })).toBe(true)
  })
})
