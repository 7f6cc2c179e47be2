import { expect, vi } from 'vitest'
import type { Edgewise, KnownFact } from '../../../client/index.ts'
import { createFinder } from './finder.ts'
import { chat, openPage } from './page.ts'

/** The page must be quiet before anything is learned. */
const patience = { timeout: 12_000, interval: 20 }

/** An open page with a finder whose rules can be read. */
export async function openLearning(given: Parameters<typeof openPage>[0] = {}) {
  const finder = createFinder()
  const page = openPage({ storage: 'device', findFacts: finder.find, ...given })
  // Opens the session without a message.
  await page.edgewise.facts.list()
  return { ...page, asked: finder.asked }
}

export const listed = async (edgewise: Edgewise): Promise<KnownFact[]> =>
  (await edgewise.facts.list()).facts

/** The facts of an instance, once they are as expected. */
export const waitForFacts = (edgewise: Edgewise, expected: object[]): Promise<void> =>
  vi.waitFor(async () => {
    const facts = await listed(edgewise)
    expect(facts).toHaveLength(expected.length)
    expect(facts).toMatchObject(expected)
  }, patience)

export const eventually = (check: () => unknown): Promise<unknown> => vi.waitFor(check, patience)

/** Long enough for a message to be read, if it were. */
export const quiet = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 600))

/** Has a fact learned, deletes it where it is held, and sends the same message again. */
export async function learnAndDelete(
  edgewise: Edgewise,
  { message, where }: { message: string; where: KnownFact['where'] },
): Promise<void> {
  await chat(edgewise, message)
  await waitForFacts(edgewise, [{ where }])
  const [fact] = await listed(edgewise)
  await edgewise.facts.remove(fact?.id ?? '')
  await chat(edgewise, message)
  await quiet()
}
