import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/* A provider without delay, in a process of its own: 40 events, each its own write. */
const chunk = (content: string) =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'bench',
    choices: [{ index: 0, delta: { content }, finish_reason: null }],
  })}\n\n`
const events = [...Array.from({ length: 40 }, (_, i) => chunk(` word${i}`)), 'data: [DONE]\n\n']

const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const event of events) response.write(event)
    response.end()
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port)
})
process.on('disconnect', () => process.exit(0))
