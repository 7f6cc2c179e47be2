import { cachePlan, type CachePlan } from '../cache-plan.ts'
import { estimateTokens } from '../tokens.ts'
import type { Grammar } from './assemble.ts'
import { editContent, editObject, editRoot } from './content.ts'
import type { Edit } from './edits.ts'
import type { Piece } from './outline.ts'
import type { Addition, Prompt } from './port.ts'

/** The edits that mark a prompt; and the markers that belong on org text and words, which change anyway. */
export type Marked = { edits: Edit[]; policy?: string; words?: string }

type Known = Piece & { isPolicy?: true }

/** Marks a prompt as `cachePlan` says, where the dialect has the model's way of marking. */
export function markPrompt(prompt: Prompt, grammar: Grammar, addition: Addition): Marked {
  const nothing: Marked = { edits: [] }
  const { cache, parts } = addition
  if (!cache || prompt.partial || !parts || grammar.marking.isSteered(prompt.body)) return nothing
  const { model } = cache
  if (model.cache.way === 'implicit') {
    const hasKey = grammar.marking.key && model.cache.key
    return hasKey && isAtLeast(prompt, model.cache.minimum)
      ? { edits: keyEdit(prompt, cache.key) }
      : nothing
  }
  if (model.cache.way === 'none' || model.cache.field !== grammar.marking.field) return nothing
  const pieces = withAdded(prompt, grammar, addition)
  const own = pieces.flatMap((piece, at) =>
    piece.own.map((ttl) => ({ at, ...(ttl === undefined ? {} : { ttl }) })),
  )
  // With a block at the end it stands behind that, where no later request will find it.
  const atEnd = grammar.marking.atEnd(prompt.body)
  if (atEnd) own.push({ at: pieces.length - 1, ...atEnd })
  const plan = cachePlan(model, pieces, own)
  return apply(prompt, grammar, { plan, pieces, key: cache.key })
}

/** No character counts for less than a quarter of a token: most prompts need not be counted to be long. */
const isAtLeast = (prompt: Prompt, minimum: number): boolean =>
  prompt.raw.length >= 4 * minimum || prompt.tokens() >= minimum

/** The pieces as they will be sent: with org text after what is shared, and the block after the words. */
function withAdded(
  prompt: Prompt,
  grammar: Grammar,
  { policy, isStyled, block }: Addition,
): Known[] {
  const pieces: Known[] = grammar.outline(prompt)
  const words = pieces.findLastIndex(({ kind }) => kind === 'words')
  if (block && words >= 0) {
    pieces.splice(words + 1, 0, { kind: 'block', tokens: estimateTokens(block), own: [] })
  }
  if (policy) {
    const rest = pieces.findIndex(({ kind }) => kind !== 'shared')
    const kind = isStyled ? 'cohort' : 'shared'
    const added: Known = { kind, tokens: estimateTokens(policy), own: [], isPolicy: true }
    pieces.splice(rest < 0 ? pieces.length : rest, 0, added)
  }
  return pieces
}

type Planned = { plan: CachePlan; pieces: readonly Known[]; key: string }

function apply(prompt: Prompt, grammar: Grammar, { plan, pieces, key }: Planned): Marked {
  const { marking } = grammar
  const { marker } = marking
  const wordsStart = grammar.words(prompt)?.span.start
  const marked: Marked = { edits: plan.key ? keyEdit(prompt, key) : [] }
  let missed = 0
  for (const at of plan.markers) {
    const { isPolicy, place } = pieces[at] ?? {}
    if (isPolicy && grammar.canMarkPolicy(prompt)) marked.policy = marker
    else if (!place) missed++
    else if ('object' in place) marked.edits.push(editObject(place.object, marker))
    else if (place.content.span.start === wordsStart) marked.words = marker
    else marked.edits.push(...editContent(prompt.raw, place.content, { mark: marker, parts: true }))
  }
  // Where a place could not be marked, the provider's own marker at the end is better than none.
  const only = plan.exclusive && missed === 0 ? marking.exclusive(prompt.body) : undefined
  if (only) marked.edits.push(editRoot(prompt, only))
  return marked
}

const keyEdit = (prompt: Prompt, key: string): Edit[] =>
  prompt.body['prompt_cache_key'] === undefined
    ? [editRoot(prompt, `"prompt_cache_key":${JSON.stringify(key)}`)]
    : []
