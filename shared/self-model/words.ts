import { limits } from '../limits.ts'
import { oneLine } from '../normalise.ts'
import { fail, ok, type Result } from '../problem.ts'
import { isMostlyRedacted, redact } from '../redact.ts'
import { utf8Bytes } from '../tokens.ts'

/**
 * The text under which a fact is kept, whoever says it: on one line, and with `[phone]`, `[email]` and so
 * on where contact data, numbers of documents and accounts, addresses and secrets stood. Errors:
 * `fact_rejected` where nothing is left, little but such matter was there, or it is over 256 bytes.
 */
export function wordsToKeep(text: string): Result<string> {
  const words = redact(oneLine(text)).text
  if (words === '') return rejected('readable text')
  if (isMostlyRedacted(words)) {
    return rejected('more than contact data, numbers of documents or secrets')
  }
  if (utf8Bytes(words) > limits.factBytes) return rejected(`at most ${limits.factBytes} bytes`)
  return ok(words)
}

const rejected = (expected: string): Result<never> =>
  fail('fact_rejected', { field: 'text', expected })
