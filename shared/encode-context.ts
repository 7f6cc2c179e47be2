import { limits } from './limits.ts'
import type { ClientContext } from './schema/context.ts'

const toAscii = (text: string) =>
  text.replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

/**
 * The value of `Edgewise-Context`: JSON in ASCII, at most 4,096 bytes. What does not fit is left out:
 * notes from the end, then facts, then the decision. (In a file of its own: no schema comes with it.)
 */
export function encodeContext(context: ClientContext): string {
  const fitting = { ...context }
  for (;;) {
    const value = toAscii(JSON.stringify(fitting))
    if (value.length <= limits.contextBytes) return value
    if (fitting.notes?.length) fitting.notes = fitting.notes.slice(0, -1)
    else if (fitting.facts?.length) fitting.facts = fitting.facts.slice(0, -1)
    else return toAscii(JSON.stringify({ v: 1, session: context.session, device: context.device }))
  }
}
