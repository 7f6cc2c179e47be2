import type { Lesson } from '../../shared/schema/learning.ts'

export { SelfModel } from '../../worker/index.ts'

/** `lessons` in one call each, of `messages` messages with `facts` new facts each, numbered from `from`. */
export type Teach = {
  user: string
  from: number
  lessons: number
  messages: number
  facts: number
}
/** One message of eight facts at a time, in turn for each of the users: how long did each take, ms? */
export type Time = { users: { user: string; from: number }[]; updates: number }

const categories = ['tool', 'project', 'preference', 'history'] as const

function lessonOf(from: number, messages: number, facts: number): Lesson {
  const made = Date.now()
  return {
    v: 1,
    made,
    cause: 'learned',
    blocked: [],
    messages: Array.from({ length: messages }, (_, m) => ({
      id: `m_${from + m}`,
      facts: Array.from({ length: facts }, (__, i) => ({
        category: categories[i % categories.length] ?? 'tool',
        text: `The user spoke of thing ${(from + m) * 8 + i} and of what it is good for.`,
        source: 'typed',
        at: made,
      })),
    })),
  }
}

async function learn(env: Env, user: string, lesson: Lesson): Promise<void> {
  const place = { orgKey: 'bench', persona: `p1:bench:${user}` }
  const { outcomes } = await env.SELF_MODELS.getByName(user).learn([lesson], place)
  if (outcomes[0] !== 'learned') throw new Error(`not learned: ${outcomes[0]}`)
}

async function teach({ user, from, lessons, messages, facts }: Teach, env: Env) {
  for (let i = 0; i < lessons; i++) {
    await learn(env, user, lessonOf(from + i * messages, messages, facts))
  }
  const { facts: kept } = await env.SELF_MODELS.getByName(user).view()
  return { facts: kept.length, bytes: JSON.stringify(kept).length }
}

async function time({ users, updates }: Time, env: Env) {
  const times: number[][] = users.map(() => [])
  for (let i = 0; i < updates; i++) {
    for (const [which, { user, from }] of users.entries()) {
      const lesson = lessonOf(from + i, 1, 8)
      const started = performance.now()
      await learn(env, user, lesson)
      times[which]?.push(performance.now() - started)
    }
  }
  return times
}

// oxlint-disable-next-line import/no-default-export -- a Worker's entry
export default {
  async fetch(request, env) {
    const asked = await request.json<Teach | Time>()
    return Response.json('users' in asked ? await time(asked, env) : await teach(asked, env))
  },
} satisfies ExportedHandler<Env>
