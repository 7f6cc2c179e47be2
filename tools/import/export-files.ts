import { createHash } from 'node:crypto'
import { createReadStream, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Entry, Format, Item } from './entry.ts'
import { readEntry } from './formats.ts'
import { DamagedFile, readValues } from './json-values.ts'

/** What an export holds. `strange`: entries of no known format; `owners`: accounts that it names. */
export type Survey = {
  hash: string
  formats: Format[]
  entries: number
  messages: number
  memories: number
  strange: number
  owners: string[]
}

/** The files of an export: the one named, or those of an unpacked export in the folder named. */
export function exportFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .filter((name) => /^(?:conversations.*|memories)\.json$/.test(name))
    .toSorted()
    .map((name) => join(path, name))
}

/** Reads everything once: whether it can be read to its end, and what is in it. Throws `DamagedFile`. */
export async function surveyExport(files: readonly string[]): Promise<Survey> {
  const hash = createHash('sha256')
  const formats = new Set<Format>()
  const owners = new Set<string>()
  const counts = { entries: 0, messages: 0, memories: 0, strange: 0 }
  for (const file of files) {
    for await (const value of valuesOf(file, (bytes) => hash.update(bytes))) {
      const entries = readEntry(value)
      if (entries.length === 0) counts.strange++
      for (const { format, items, owner } of entries) {
        formats.add(format)
        if (owner !== undefined) owners.add(owner)
        counts.entries++
        for (const { memory } of items) counts[memory ? 'memories' : 'messages']++
      }
    }
  }
  return { hash: hash.digest('hex'), formats: [...formats], owners: [...owners], ...counts }
}

/** All that may be learned from, in the order of the files; of one account, where an owner is given. */
export async function* itemsOf(files: readonly string[], owner?: string): AsyncGenerator<Item> {
  const isTheirs = (entry: Entry) => !owner || !entry.owner || entry.owner === owner
  for (const file of files) {
    for await (const value of valuesOf(file)) {
      for (const entry of readEntry(value).filter(isTheirs)) yield* entry.items
    }
  }
}

async function* valuesOf(file: string, onBytes?: (bytes: Buffer) => void): AsyncGenerator {
  try {
    yield* readValues(textOf(file, onBytes))
  } catch (cause) {
    if (!(cause instanceof DamagedFile)) throw cause
    throw new DamagedFile(`${basename(file)}, character ${cause.at}: ${cause.message}`, cause.at)
  }
}

async function* textOf(file: string, onBytes?: (bytes: Buffer) => void): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let isFirst = true
  const bytes: AsyncIterable<Buffer> = createReadStream(file, { highWaterMark: 1 << 18 })
  for await (const piece of bytes) {
    if (isFirst && piece.subarray(0, 2).toString('latin1') === 'PK') {
      throw new DamagedFile('It is a zip archive: unpack it, and name the folder or the file.', 0)
    }
    isFirst = false
    onBytes?.(piece)
    yield decoder.decode(piece, { stream: true })
  }
  yield decoder.decode()
}
