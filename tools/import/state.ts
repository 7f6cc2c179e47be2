import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'

const folder = '.edgewise/imports'

/** How far an import has come: counts alone, no text. `next`: the first item that is not sent yet. */
const State = z.object({
  v: z.literal(1),
  next: z.number(),
  accepted: z.number(),
  refused: z.record(z.string(), z.number()),
  /** Of the self-model when it began: after an erasure nothing of it may go on. */
  epoch: z.number(),
  done: z.boolean(),
})
export type State = z.infer<typeof State>

export type StateFile = {
  path: string
  read(): State | undefined
  write(state: State): void
  remove(): void
}

/** One file for each export, Worker, org and user. */
export function stateFile(parts: readonly string[]): StateFile {
  const name = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
  const path = join(folder, `${name}.json`)
  return {
    path,
    read() {
      try {
        return State.parse(JSON.parse(readFileSync(path, 'utf8')))
      } catch {
        return undefined
      }
    },
    write(state) {
      mkdirSync(folder, { recursive: true })
      // As a whole or not at all, also where the run is cut off here.
      writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 })
      renameSync(`${path}.new`, path)
    },
    remove: () => rmSync(path, { force: true }),
  }
}
