import { describe, expect, test } from 'vitest'
import {
  cacheKey,
  cachePlan,
  sharingPays,
  type CallersMarker,
  type Segment,
} from '../../shared/cache-plan.ts'
import { findModel, models, type Model } from '../../shared/models-table.ts'

const named = (name: string): Model => {
  const model = findModel(name)
  if (!model) throw new Error(`${name} is not in the table`)
  return model
}

const sizes: Record<Segment['kind'], number> = {
  shared: 1800,
  cohort: 60,
  history: 200,
  words: 40,
  block: 90,
  turn: 300,
}
/** Segments from their kinds, `kind:tokens` for another size. */
const prompt = (text: string): Segment[] =>
  text.split(' ').map((word) => {
    const [kind, tokens] = word.split(':')
    const known = Object.keys(sizes).find((name): name is Segment['kind'] => name === kind)
    if (!known) throw new Error(`${kind} is no kind of segment`)
    return { kind: known, tokens: tokens === undefined ? sizes[known] : Number(tokens) }
  })

describe('where markers stand', () => {
  const cases: {
    what: string
    model: string
    prompt: string
    own?: CallersMarker[]
    markers: number[]
    why: string
  }[] = [
    {
      what: 'at the end of what is shared and of the words',
      model: 'claude-sonnet-5',
      prompt: 'shared words',
      markers: [0, 1],
      why: 'planned',
    },
    {
      what: 'before a block that stands at the end',
      model: 'claude-sonnet-5',
      prompt: 'shared shared words history words block',
      markers: [1, 4],
      why: 'planned',
    },
    {
      what: 'behind the tools of a turn as well, which repeat its block',
      model: 'claude-sonnet-5',
      prompt: 'shared words block turn turn',
      markers: [0, 1, 4],
      why: 'planned',
    },
    {
      what: 'at the end of a turn with tools and no block',
      model: 'claude-sonnet-5',
      prompt: 'shared words turn turn',
      markers: [0, 3],
      why: 'planned',
    },
    {
      what: 'also where the turn before ended, if that is too far to look back',
      model: 'claude-sonnet-5',
      prompt: `shared words ${'turn '.repeat(21)}history words`,
      markers: [0, 1, 24],
      why: 'planned',
    },
    {
      what: 'also where the turn before ended, for a provider that does not look back',
      model: 'gpt-5.6-terra',
      prompt: 'shared words history words block',
      markers: [0, 1, 3],
      why: 'planned',
    },
    {
      what: 'at the words alone where what is shared is too short',
      model: 'claude-sonnet-5',
      prompt: 'shared:900 words history words',
      markers: [3],
      why: 'planned',
    },
    {
      what: 'at a template of a cohort, which comes after what all share',
      model: 'claude-sonnet-5',
      prompt: 'shared cohort words',
      markers: [0, 1, 2],
      why: 'planned',
    },
    {
      what: 'nowhere behind personal text',
      model: 'claude-sonnet-5',
      prompt: 'shared block history words',
      markers: [0],
      why: 'planned',
    },
    {
      what: 'nowhere if personal text comes first',
      model: 'claude-sonnet-5',
      prompt: 'block shared words',
      markers: [],
      why: 'below_minimum',
    },
    {
      what: 'nowhere below the minimum',
      model: 'claude-sonnet-5',
      prompt: 'shared:980 words',
      markers: [],
      why: 'below_minimum',
    },
    {
      what: 'in a short prompt for a model with a low minimum',
      model: 'claude-opus-5',
      prompt: 'shared:980 words',
      markers: [0, 1],
      why: 'planned',
    },
    {
      what: 'nowhere in a middling prompt for a model with a high minimum',
      model: 'claude-haiku-4-5-20251001',
      prompt: 'shared history history words',
      markers: [],
      why: 'below_minimum',
    },
    {
      what: 'nowhere for a model that keeps every prefix by itself',
      model: 'gpt-5.4',
      prompt: 'shared words',
      markers: [],
      why: 'implicit',
    },
    {
      what: 'not where the app has one already',
      model: 'claude-sonnet-5',
      prompt: 'shared words',
      own: [{ at: 0 }],
      markers: [1],
      why: 'planned',
    },
    {
      what: 'at the words first when only one is left',
      model: 'claude-sonnet-5',
      prompt: 'shared shared shared shared words',
      own: [{ at: 0 }, { at: 1 }, { at: 2 }],
      markers: [4],
      why: 'planned',
    },
    {
      what: 'nowhere when the app has used all four',
      model: 'claude-sonnet-5',
      prompt: 'shared shared shared shared shared words',
      own: [{ at: 0 }, { at: 1 }, { at: 2 }, { at: 3 }],
      markers: [],
      why: 'no_marker_left',
    },
    {
      what: 'not before one of the app that lives longer',
      model: 'claude-sonnet-5',
      prompt: 'shared history words',
      own: [{ at: 1, ttl: 3600 }],
      markers: [2],
      why: 'planned',
    },
  ]
  test.each(cases)('$what', ({ model, prompt: text, own = [], markers, why }) => {
    const plan = cachePlan(named(model), prompt(text), own)
    expect(plan.markers).toEqual(markers)
    expect(plan.why).toBe(why)
    expect(plan.markers.length + own.length).toBeLessThanOrEqual(4)
  })

  test('an unknown model gets nothing', () => {
    const plan = cachePlan(findModel('house-model'), prompt('shared words'))
    expect(plan).toEqual({ markers: [], exclusive: false, key: false, why: 'no_cache' })
  })

  test('never exceed the limit, whatever the app has marked', () => {
    const text = 'shared cohort words history words block turn turn'
    for (const model of models) {
      if (model.cache.way !== 'breakpoints') continue
      for (let mask = 0; mask < 256; mask++) {
        const own = prompt(text).flatMap((_, at) => (mask & (1 << at) ? [{ at }] : []))
        if (own.length > model.cache.most) continue
        const { markers } = cachePlan(model, prompt(text), own)
        expect(markers.length + own.length).toBeLessThanOrEqual(model.cache.most)
        expect(markers.filter((at) => own.some((marker) => marker.at === at))).toEqual([])
      }
    }
  })
})

describe('what else is asked for', () => {
  const asked = (model: string, text: string, own: CallersMarker[] = []) => {
    const { field, key, exclusive } = cachePlan(named(model), prompt(text), own)
    return { field, key, exclusive }
  }
  test('Anthropic is sent cache_control and no key', () => {
    expect(asked('anthropic/claude-opus-5-5', 'shared words block')).toEqual({
      field: 'cache_control',
      key: false,
      exclusive: false,
    })
  })
  test('OpenAI is sent breakpoints and a key, and told to keep no block', () => {
    const [field, key] = ['prompt_cache_breakpoint', true]
    expect(asked('gpt-5.6', 'shared words block')).toEqual({ field, key, exclusive: true })
    expect(asked('gpt-5.6', 'shared words')).toEqual({ field, key, exclusive: false })
    expect(asked('gpt-5.6', 'shared words block turn')).toEqual({ field, key, exclusive: false })
    expect(asked('gpt-5.6', 'shared words block', [{ at: 0 }]).exclusive).toBe(false)
  })
  test('a model that keeps every prefix is sent the key alone', () => {
    expect(asked('gpt-4o-mini', 'shared words')).toEqual({
      field: undefined,
      key: true,
      exclusive: false,
    })
  })

  test('keys are the same for a user each time and as many as the traffic needs', () => {
    const key = (userKey: string, perMinute: number) =>
      cacheKey({ orgKey: 'o'.repeat(60), userKey, requestsPerMinute: perMinute })
    expect(key('ada', 10)).toBe(key('bob', 10))
    expect(key('ada', 900)).toBe(key('ada', 900))
    const users = Array.from({ length: 2000 }, (_, i) => `user-${i}`)
    const keys = new Set(users.map((user) => key(user, 900)))
    expect(keys.size).toBe(60)
    expect(Math.max(...[...keys].map(({ length }) => length))).toBeLessThanOrEqual(64)
  })
  test('members of a cohort share a key until their own traffic is too much for one', () => {
    const users = Array.from({ length: 2000 }, (_, i) => `user-${i}`)
    const keysOf = (at: number, requestsPerMinute: number) =>
      new Set(
        users.map((userKey) =>
          cacheKey({ orgKey: 'o', userKey, requestsPerMinute, cohort: { at, of: 18 } }),
        ),
      )
    const all = (requestsPerMinute: number) =>
      Array.from({ length: 18 }, (_, at) => keysOf(at, requestsPerMinute))
    // One key for all, four among them, one for each, and more than one for each.
    for (const [perMinute, keys, each] of [
      [12, 1, 1],
      [60, 4, 1],
      [270, 18, 1],
      [900, 72, 4],
    ] as const) {
      const sets = all(perMinute)
      expect(sets.map(({ size }) => size)).toEqual(sets.map(() => each))
      expect(new Set(sets.flatMap((set) => [...set])).size).toBe(keys)
    }
  })
})

describe('a prefix of its own for a cohort', () => {
  test('pays from the second request within the life of the cache, above the minimum', () => {
    const model = named('claude-sonnet-5')
    expect(sharingPays(model, { tokens: 2000, requests: 1 })).toBe(false)
    expect(sharingPays(model, { tokens: 2000, requests: 2 })).toBe(true)
    expect(sharingPays(model, { tokens: 1000, requests: 50 })).toBe(false)
    expect(sharingPays(undefined, { tokens: 2000, requests: 50 })).toBe(false)
  })
})
