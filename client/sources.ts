import type { Source, SourceOptions } from './types.ts'

/** The app's own sources of session context, by name. Asking them is `session-notes.ts`. */
export type Sources = Map<string, { source: Source; options: SourceOptions }>

/** Registers a source; a later one of the same name takes its place. Answers how to stop. */
export function addSource(
  sources: Sources,
  name: string,
  known: { source: Source; options: SourceOptions },
): () => void {
  sources.set(name, known)
  return () => {
    if (sources.get(name) === known) sources.delete(name)
  }
}
