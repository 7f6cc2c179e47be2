/** `model.vocab` of a `tokenizer.json`; empty where there is none. */
export function readVocabulary(tokenizer: unknown): ReadonlyMap<string, number> {
  const vocabulary = new Map<string, number>()
  const entries = inside(inside(tokenizer, 'model'), 'vocab')
  for (const [piece, id] of Object.entries(entries ?? {})) {
    if (typeof id === 'number') vocabulary.set(piece, id)
  }
  return vocabulary
}

const inside = (value: unknown, name: string): object | undefined => {
  const inner: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  return typeof inner === 'object' && inner !== null ? inner : undefined
}
