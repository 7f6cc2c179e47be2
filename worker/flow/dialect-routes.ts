import { chat } from '../../shared/dialect/chat.ts'
import { messages } from '../../shared/dialect/messages.ts'
import type { Dialect } from '../../shared/dialect/port.ts'
import { responses } from '../../shared/dialect/responses.ts'
import type { ProviderFamily, ProviderRoute } from '../ports.ts'

/** A route of a provider that Edgewise has under the same name. The route is the dialect. */
export type DialectRoute = {
  dialect: Dialect
  family: ProviderFamily
  route: ProviderRoute
  /** Nothing is answered, and nothing spent: the request is only counted. */
  counts?: true
}

/** All of them, by path; each is a POST. */
export const dialectRoutes: ReadonlyMap<string, DialectRoute> = new Map([
  ['/v1/chat/completions', { dialect: chat, family: 'openai', route: 'chat/completions' }],
  ['/v1/responses', { dialect: responses, family: 'openai', route: 'responses' }],
  ['/v1/messages', { dialect: messages, family: 'anthropic', route: 'messages' }],
  [
    '/v1/messages/count_tokens',
    { dialect: messages, family: 'anthropic', route: 'messages/count_tokens', counts: true },
  ],
])
