/** A selection shorter than this, in characters, says little. */
const SHORTEST = 12

/**
 * Notices that the user copies from the last answer: the selection, apart from marks and spaces, stands in
 * it. What a button copies by itself is not seen. The words stay here.
 */
export function watchCopies(copied: (receipt: string) => void) {
  let last: { receipt: string; answer: string } | undefined

  document.addEventListener('copy', () => {
    const taken = bare(document.getSelection()?.toString() ?? '')
    if (!last || taken.length < SHORTEST || !last.answer.includes(taken)) return
    copied(last.receipt)
    last = undefined
  })

  return {
    answered(receipt: string, answer: string): void {
      last = { receipt, answer: bare(answer) }
    },
  }
}

/** A page shows an answer without its markup. */
const bare = (text: string): string => text.replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
