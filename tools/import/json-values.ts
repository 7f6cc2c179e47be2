/** A file that is not JSON, or not all of it. `at`: characters from its start. */
export class DamagedFile extends Error {
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.name = 'DamagedFile'
    this.at = at
  }
}

/** Longest single value, characters: it is read as a whole. */
const LONGEST = 1 << 28

const [quote, backslash, comma, open, close] = [34, 92, 44, 91, 93]
const isSpace = (code: number) => code <= 32 || code === 0xfeff
const opens = (code: number) => code === open || code === 123
const closes = (code: number) => code === close || code === 125

/**
 * The objects of a file, one after the other, never more than one in memory: the elements of one array, or
 * values side by side as in JSON lines. Throws `DamagedFile` where something else stands there, or where
 * the file ends too early.
 */
export async function* readValues(chunks: AsyncIterable<string>): AsyncGenerator {
  let [depth, start, read] = [0, 0, 0]
  let [inText, isEscaped, inList, isClosed] = [false, false, false, false]
  let held = ''
  for await (const chunk of chunks) {
    let from = 0
    for (let i = 0; i < chunk.length; i++) {
      const code = chunk.charCodeAt(i)
      if (inText) {
        if (isEscaped) isEscaped = false
        else if (code === backslash) isEscaped = true
        else if (code === quote) inText = false
      } else if (depth > 0) {
        if (code === quote) inText = true
        else if (opens(code)) depth++
        else if (closes(code) && --depth === 0) {
          const text = held + chunk.slice(from, i + 1)
          held = ''
          yield parse(text, start)
        }
      } else if (isSpace(code) || (code === comma && inList)) continue
      else if (code === close && inList) [inList, isClosed] = [false, true]
      else if (code === open && !inList && !isClosed) inList = true
      else if (code === 123 && !isClosed) [depth, from, start] = [1, i, read + i]
      else throw new DamagedFile('Something else than JSON objects stands there.', read + i)
    }
    read += chunk.length
    if (depth === 0) continue
    held += chunk.slice(from)
    if (held.length > LONGEST) throw new DamagedFile('One entry is too large.', start)
  }
  if (depth > 0 || inList) throw new DamagedFile('It ends in the middle.', read)
}

function parse(text: string, at: number): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new DamagedFile('The entry that begins there is not JSON.', at)
  }
}
