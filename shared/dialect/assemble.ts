import { editContent, type Content } from './content.ts'
import { applyEdits, type Edit } from './edits.ts'
import { markPrompt } from './mark-prompt.ts'
import type { Marking } from './marking.ts'
import type { Piece } from './outline.ts'
import type { Addition, Prompt } from './port.ts'

/** Where things stand in the requests of one dialect. */
export type Grammar = {
  marking: Marking
  /** Content of the message whose words are to be answered. */
  words(prompt: Prompt): Content | undefined
  /** Puts org text after the app's own; `mark` where it can be marked and shall be. */
  policy(prompt: Prompt, policy: { text: string; mark?: string | undefined }): Edit[]
  /** Whether that text is a part that can be marked. */
  canMarkPolicy(prompt: Prompt): boolean
  /** Asks for the usage of a stream; left out where it is stated in any case. */
  usage?(prompt: Prompt): Edit[]
  /** All that came, in prompt order, what is shared first. */
  outline(prompt: Prompt): Piece[]
}

/** The body of a request with what is added, by the rules of its dialect. */
export function assemble(prompt: Prompt, grammar: Grammar, addition: Addition): string {
  const { policy, block, parts } = addition
  const marked = markPrompt(prompt, grammar, addition)
  const edits = [...marked.edits]
  if (addition.usage && grammar.usage) edits.push(...grammar.usage(prompt))
  if (policy) edits.push(...grammar.policy(prompt, { text: policy, mark: marked.policy }))
  const words = block || marked.words ? grammar.words(prompt) : undefined
  if (words) {
    edits.push(...editContent(prompt.raw, words, { text: block, mark: marked.words, parts }))
  }
  return edits.length === 0 ? prompt.raw : applyEdits(prompt.raw, edits)
}
