/** What Edgewise is measured against, in the same workerd: a streaming proxy that does nothing else. */
export const plainProxy = `export default {
  fetch(request, env) {
    const { pathname } = new URL(request.url)
    return fetch(env.UPSTREAM + pathname.slice(3), {
      method: request.method,
      headers: { authorization: 'Bearer ' + env.KEY, 'content-type': 'application/json' },
      body: request.body,
      signal: request.signal,
    })
  },
}`

/** And the naive way: the full profile read from KV for every request, and put first. */
export const naiveProxy = `export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url)
    const [profile, body] = await Promise.all([env.PROFILES.get('ada'), request.json()])
    body.messages.unshift({ role: 'system', content: profile })
    return fetch(env.UPSTREAM + pathname.slice(3), {
      method: 'POST',
      headers: { authorization: 'Bearer ' + env.KEY, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: request.signal,
    })
  },
}`
