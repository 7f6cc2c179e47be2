/** A selection shorter than this, in characters, says little. */
const SHORTEST = 12

/** `isCurrent`: it is still of this user and visit, who may be measured. */
type Answer = { receipt: string; answer: string; isCurrent: () => boolean }

/**
 * Notices that the user copies from the last answer: the selection, apart from marks and spaces, stands in
 * it. What a button copies by itself is not seen. The words stay here.
 */
export function watchCopies(copied: (receipt: string) => void) {
  let last: Answer | undefined

  document.addEventListener('copy', () => {
    if (!last?.isCurrent()) return (last = undefined)
    const taken = bare(document.getSelection()?.toString() ?? '')
    if (taken.length < SHORTEST || !last.answer.includes(taken)) return undefined
    copied(last.receipt)
    return (last = undefined)
  })

  return {
    answered(given: Answer): void {
      last = { ...given, answer: bare(given.answer) }
    },
  }
}

/** A page shows an answer without its markup. */
const bare = (text: string): string => text.replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
