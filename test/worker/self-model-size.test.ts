import { beforeAll, expect, test } from 'vitest'
import { figuresOf, gather } from '../../shared/metrics/cells.ts'
import type { Lesson } from '../../shared/schema/learning.ts'
import { keysOf, someone } from './harness.ts'
import { bodyOf, consumersOf, delivered, realNow } from './learners.ts'
import { migrate } from './migrate.ts'

/* How much storage a user takes, as it is counted when something was learned. */

beforeAll(migrate)

const lessonOf = (id: string, ...texts: string[]): Lesson => ({
  v: 1,
  made: realNow(),
  cause: 'learned',
  blocked: [],
  messages: [
    {
      id,
      facts: texts.map((text) => ({ category: 'tool', text, source: 'typed', at: realNow() })),
    },
  ],
})

test('facts and bytes of a user are counted whenever their self-model has learned', async () => {
  const { learn, ports } = consumersOf()
  const keys = await keysOf(someone(), `org-${crypto.randomUUID()}`)
  const first = lessonOf('m1', 'The user uses Vim.')
  const second = lessonOf('m2', 'The user uses Vim.', 'The user uses Figma.')
  const sizes: number[] = []
  // The last one is known: it counts for nothing.
  for (const lesson of [first, second, first]) {
    await learn([delivered(await bodyOf(keys, lesson))])
    sizes.push((await ports.selfModels.learn(keys, [])).bytes)
  }
  const [one = 0, two = 0, same] = sizes
  expect(one).toBeGreaterThan('The user uses Vim.'.length)
  expect([two > one, same]).toEqual([true, two])
  const { quantiles } = figuresOf(gather((await ports.metrics?.totals(keys.orgKey)) ?? []))
  expect(quantiles['model_facts']).toMatchObject({ count: 2, mean: 1.5 })
  expect(quantiles['model_bytes']).toMatchObject({ count: 2, mean: (one + two) / 2 })
})

test('a self-model tells its size also where nothing is learned, and is small at most', async () => {
  const { ports } = consumersOf()
  const keys = await keysOf(someone())
  expect(await ports.selfModels.learn(keys, [])).toMatchObject({ outcomes: [], facts: 0 })
  const texts = Array.from(
    { length: 100 },
    (_, i) => `The user uses tool ${i} ${'and '.repeat(50)}`,
  )
  const { outcomes, facts, bytes } = await ports.selfModels.learn(keys, [lessonOf('m', ...texts)])
  expect(outcomes).toEqual(['learned'])
  expect(facts).toBeLessThanOrEqual(64)
  expect(bytes).toBeLessThanOrEqual(16 * 1024)
})
