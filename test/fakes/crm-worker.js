/** A Worker of an app that knows its customers: what the edge is bound to in tests of context sources. */
const answers = {
  '/crm': (request) =>
    Response.json({
      plan: 'Pro',
      seats: 12,
      asked: request.headers.get('edgewise-subject'),
    }),
  '/echo': (request) =>
    Response.json({
      plan: [...request.headers.keys(), request.method, request.headers.get('authorization')]
        .join(' ')
        .slice(0, 250),
    }),
  '/silent': () => new Promise(() => {}),
  '/huge': () => Response.json({ plan: 'Pro', filler: 'x'.repeat(2_000_000) }),
  '/broken': () => new Response('{"plan":', { headers: { 'content-type': 'application/json' } }),
  '/failing': () => {
    throw new Error('this Worker fails')
  },
}

// oxlint-disable-next-line import/no-default-export -- a Worker's entry
export default {
  fetch(request) {
    const answer = answers[new URL(request.url).pathname]
    return answer ? answer(request) : new Response(null, { status: 404 })
  },
}
