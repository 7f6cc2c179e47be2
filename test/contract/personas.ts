import { expect, test } from 'vitest'
import type { Persona } from '../../shared/schema/persona.ts'
import type { Personas, StorageKeys } from '../../worker/ports.ts'

export type PersonasUnderTest = {
  personas: Personas
  save: (persona: Persona, keys: StorageKeys) => Promise<void>
  /** Lets the time pass after which a read sees what was written. */
  settle: () => Promise<void>
}

const persona = (version: number, epoch = 0): Persona => ({
  v: 1,
  version,
  epoch,
  style: 'brief',
  summary: ['diet: no fish'],
  facts: [{ id: 'f1', category: 'diet', text: 'No fish, ni de la crème brûlée 🐟' }],
})

let users = 0
const keysOfSomebody = (): StorageKeys => {
  const userKey = `contract-user-${++users}-${crypto.randomUUID()}`
  return { orgKey: 'o', userKey, deviceKey: `d-${userKey}`, persona: `p1:o:${userKey}` }
}

/** What every store of personas does. */
export function personasContract(name: string, make: () => PersonasUnderTest): void {
  test(`personas in ${name}: nothing is known of a user who was never saved`, async () => {
    expect(await make().personas.load(keysOfSomebody())).toBeUndefined()
  })

  test(`personas in ${name}: what was saved is read, once reads have caught up`, async () => {
    const { personas, save, settle } = make()
    const keys = keysOfSomebody()
    await save(persona(1), keys)
    await settle()
    expect(await personas.load(keys)).toEqual(persona(1))
  })

  test(`personas in ${name}: a read shows an older snapshot or the newest, never a mixture`, async () => {
    const { personas, save, settle } = make()
    const keys = keysOfSomebody()
    await save(persona(1), keys)
    await settle()
    await save(persona(2, 1), keys)
    expect([persona(1), persona(2, 1)]).toContainEqual(await personas.load(keys))
    await settle()
    expect(await personas.load(keys)).toEqual(persona(2, 1))
  })

  test(`personas in ${name}: users do not see each other`, async () => {
    const { personas, save, settle } = make()
    await save(persona(1), keysOfSomebody())
    await settle()
    expect(await personas.load(keysOfSomebody())).toBeUndefined()
  })
}
