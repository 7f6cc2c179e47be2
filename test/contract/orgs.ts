import { expect, test } from 'vitest'
import type { Org } from '../../shared/schema/org.ts'
import type { Orgs } from '../../worker/ports.ts'

/** What every store of org records does. `make` fills one with these. */
export function orgsContract(name: string, make: (orgs: Org[]) => Promise<Orgs>): void {
  const org: Org = {
    v: 1,
    id: `org-${crypto.randomUUID()}`,
    name: 'Örg "1"',
    keys: [],
    tone: 'dry',
  }

  test(`orgs in ${name}: a record is found by its id, whole`, async () => {
    const orgs = await make([org])
    expect(await orgs.load(org.id)).toEqual(org)
    expect(await orgs.any()).toBe(true)
  })

  test(`orgs in ${name}: an id that was never saved is nobody's`, async () => {
    const orgs = await make([org])
    expect(await orgs.load(`${org.id}:x`)).toBeUndefined()
  })
}
