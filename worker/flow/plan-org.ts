import { fail, ok, type Result } from '../../shared/problem.ts'
import { ownRecord, placeOrg, type StoredOrg } from '../../shared/org-tree.ts'
import type { Org } from '../../shared/schema/org.ts'

/** One record to be written, and the revision that it must still have. */
export type OrgWrite = { record: StoredOrg; expected: number }

type Options = {
  /** What is stored of this org until now. */
  before: StoredOrg | undefined
  read: (id: string) => Promise<StoredOrg | undefined>
}

/**
 * All that one change of a record writes: the record, merged with its ancestors, then those under it,
 * merged anew. An org that is no longer named among the children stands alone from now on. Errors: those
 * of `placeOrg`.
 */
export async function planOrg(own: Org, { before, read }: Options): Promise<Result<OrgWrite[]>> {
  const parent = own.parent === undefined ? undefined : await read(own.parent)
  const placed = placeOrg(own, parent)
  if (!placed.ok) return placed
  const expected = before ? (ownRecord(before).revision ?? 0) : 0
  const below = await planBelow(placed.value, read)
  if (!below.ok) return below
  const gone = before ? (ownRecord(before).children ?? []) : []
  const left = gone.filter((id) => !own.children?.includes(id))
  const alone = await Promise.all(left.map(async (id) => standAlone(await read(id), own.id)))
  return ok([{ record: placed.value, expected }, ...below.value, ...alone.flat()])
}

async function planBelow(parent: StoredOrg, read: Options['read']): Promise<Result<OrgWrite[]>> {
  const writes: OrgWrite[] = []
  const children = await Promise.all((ownRecord(parent).children ?? []).map(read))
  for (const child of children) {
    const own = child && ownRecord(child)
    if (own?.parent !== parent.id) continue
    const placed = placeOrg(own, parent)
    // What is wrong lies in the record that moved: seen from here, its parent.
    if (!placed.ok) return fail('bad_request', { ...placed.problem, field: 'parent' })
    const below = await planBelow(placed.value, read)
    if (!below.ok) return below
    writes.push({ record: placed.value, expected: own.revision ?? 0 }, ...below.value)
  }
  return ok(writes)
}

function standAlone(child: StoredOrg | undefined, parent: string): OrgWrite[] {
  if (!child) return []
  const { parent: named, ...own } = ownRecord(child)
  if (named !== parent) return []
  const { revision = 0 } = own
  return [{ record: { ...own, revision: revision + 1 }, expected: revision }]
}
