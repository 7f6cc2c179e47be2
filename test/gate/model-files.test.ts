import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

type Files = Record<string, { bytes: number; sha256: string }>
const read = (name: string) => readFile(new URL(`../../models/${name}`, import.meta.url))
const { files }: { files: Files } = JSON.parse(String(await read('gate.json')))

test.each(Object.entries(files))('%s is the file that was trained', async (name, stated) => {
  const content = await read(name)
  const sha256 = createHash('sha256').update(content).digest('hex')
  expect({ bytes: content.byteLength, sha256 }).toEqual(stated)
})
