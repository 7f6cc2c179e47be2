import { readExtractConfig } from '../../shared/extract/config.ts'
import { extractFrom } from '../../shared/extract/extract.ts'
import { createLiteTagger } from '../../shared/extract/lite-tagger.ts'
import { readPieces } from '../../shared/extract/pieces.ts'
import type { FindFacts } from '../types.ts'

/**
 * Finds facts with the small tier of the committed weights. The files are fetched at the first message;
 * two of them are the gate's own, which the browser holds already. Rejects where one is missing or
 * broken; a failure is not remembered.
 */
export function createFinder(base: () => URL): FindFacts {
  let loading: Promise<FindFacts> | undefined
  async function open(): Promise<FindFacts> {
    try {
      return await load(new URL('models/', base()))
    } catch (cause) {
      loading = undefined
      throw cause
    }
  }
  return async (message) => {
    const find = await (loading ??= open())
    return find(message)
  }
}

async function load(models: URL): Promise<FindFacts> {
  const get = async (file: string) => {
    const response = await fetch(new URL(file, models), { credentials: 'omit' })
    if (!response.ok) throw new Error(`models/${file} answered ${response.status}`)
    return response
  }
  const bytes = async (file: string) => (await get(file)).arrayBuffer()
  const [weights, lite, numbers] = await Promise.all([
    bytes('disclosure.bin'),
    bytes('lite.bin'),
    get('gate.json').then((response): Promise<unknown> => response.json()),
  ])
  const config = readExtractConfig(numbers, 'lite')
  if (!config.ok) throw new Error(`models/gate.json: ${config.problem.field} is not as expected`)
  const { window } = config.value
  const tagger = createLiteTagger(weights, { tokenize: readPieces(lite), window })
  return (message) => extractFrom(message, tagger, config.value)
}
