import { once } from './once.ts'
import type { Visitor, VisitorOptions } from './visitor.ts'

/** The visitor's own session, where the app has named its organisation; its code is fetched at the first need. */
export function createVisiting(
  org: string | undefined,
  options: () => Omit<VisitorOptions, 'org'>,
) {
  let known: Visitor | undefined
  const open = once(async () => {
    const { createVisitor } = await import('./visitor.ts')
    return (known = createVisitor({ org: org ?? '', ...options() }))
  })
  const visitor = async () => (org ? await open() : undefined)
  return {
    visitor,
    /** The app's own token where there is one; else the visitor's. */
    async token(own: string | undefined): Promise<string | undefined> {
      if (!own) return (await visitor())?.token()
      known?.left()
      return own
    },
    /** Answers whether the visitor's token was in use. */
    drop: (): boolean => known?.drop() ?? false,
    /** Keeps the visitor's token as the user has agreed, if it is in use. */
    keep: async () => known?.keep(),
  }
}
