import * as z from 'zod/mini'
import { FactChange, Fact, NewFact } from './schema/fact.ts'
import {
  ContextReply,
  ContextRequest,
  OpenSession,
  SelfModelView,
  Session,
} from './schema/session.ts'
import { Persona } from './schema/persona.ts'

type Route = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  body?: z.ZodMiniType
  reply: z.ZodMiniType
}

const Changed = z.object({ fact: Fact, persona: Persona })
const Forgotten = z.object({ persona: Persona })

/** The own routes, once: router, typed client and documentation are made from this table. */
export const routes = {
  openSession: { method: 'POST', path: '/v1/sessions', body: OpenSession, reply: Session },
  context: { method: 'POST', path: '/v1/context', body: ContextRequest, reply: ContextReply },
  selfModel: { method: 'GET', path: '/v1/self-model', reply: SelfModelView },
  exportSelfModel: { method: 'GET', path: '/v1/self-model/export', reply: SelfModelView },
  forget: { method: 'DELETE', path: '/v1/self-model', reply: Forgotten },
  addFact: { method: 'POST', path: '/v1/self-model/facts', body: NewFact, reply: Changed },
  changeFact: {
    method: 'PATCH',
    path: '/v1/self-model/facts/:id',
    body: FactChange,
    reply: Changed,
  },
  deleteFact: { method: 'DELETE', path: '/v1/self-model/facts/:id', reply: Forgotten },
} as const satisfies Record<string, Route>
export type Routes = typeof routes
