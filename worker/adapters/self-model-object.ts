import { DurableObject } from 'cloudflare:workers'
import { withCohort } from '../../shared/cohort.ts'
import { factId } from '../../shared/fact-id.ts'
import { renderPersona } from '../../shared/persona.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'
import type { Category, NewFact } from '../../shared/schema/fact.ts'
import type {
  Change as HistoryChange,
  Lesson,
  LessonOutcome,
  OwnerSettings,
  SettingsChange,
} from '../../shared/schema/learning.ts'
import type { Persona } from '../../shared/schema/persona.ts'
import type { SelfModelView } from '../../shared/schema/session.ts'
import * as pure from '../../shared/self-model.ts'
import type { Change, FactEdit, Learned, Place, Unread } from '../learning-ports.ts'
import { objectTo, sightingsOf } from './self-model-learning.ts'
import { selfModelOutbox, type Outbox, type SelfModelDeps } from './self-model-outbox.ts'
import { selfModelRows, type Rows, type State } from './self-model-rows.ts'
import { isOtherPersona, viewOf } from './self-model-view.ts'

export type { SelfModelDeps } from './self-model-outbox.ts'

/**
 * The truth about one user: facts, version, epoch. Every edit reads, decides and writes without waiting
 * in between, so that no other event can slip in. The snapshot in KV follows by alarm.
 */
export class SelfModelObject extends DurableObject<Env> {
  private readonly deps: SelfModelDeps
  private readonly rows: Rows
  private readonly outbox: Outbox

  constructor(ctx: DurableObjectState, env: Env, deps: SelfModelDeps) {
    super(ctx, env)
    this.deps = deps
    this.rows = selfModelRows(ctx.storage, deps.newId)
    this.outbox = selfModelOutbox({ storage: ctx.storage, rows: this.rows, deps })
  }

  view(): SelfModelView {
    const state = this.rows.read()
    const now = this.deps.clock()
    return viewOf(state, { now, persona: this.render(state.model, now) })
  }

  async addFact(fact: NewFact, place: Place): Promise<Result<FactEdit>> {
    const state = this.rows.read()
    const now = this.deps.clock()
    const words = pure.wordsToKeep(fact.text)
    if (!words.ok) return words
    // Named by what is kept: a name must not lead back to what was taken out.
    const id = factId(state.meta.salt, fact.category, words.value)
    const added = pure.addFact(state.model, { ...fact, text: words.value }, { id, now })
    if (!added.ok) return added
    return ok(await this.edited(state, { ...added.value, place, target: id }))
  }

  async changeFact({ id, change }: Change, place: Place): Promise<Result<FactEdit>> {
    const state = this.rows.read()
    const changed = pure.changeFact(
      state.model,
      { id, change, idOf: idOf(state) },
      this.deps.clock(),
    )
    if (!changed.ok) return changed
    return ok(await this.edited(state, { ...changed.value, place, target: id }))
  }

  async removeFact(id: string, place: Place): Promise<Result<{ persona: Persona }>> {
    const state = this.rows.read()
    const removed = pure.removeFact(state.model, id, this.deps.clock())
    if (!removed.ok) return removed
    return ok({ persona: await this.write(state, removed.value, { place, target: id }) })
  }

  /** Takes one change of the history back. Errors: `not_found`, `fact_not_found`, `too_many_pins`. */
  async undo(change: number, place: Place): Promise<Result<{ persona: Persona }>> {
    const state = this.rows.read()
    const told = this.rows.history().find(({ id }) => id === change)
    if (!told) return fail('not_found', { field: 'id', expected: 'a change of the history' })
    const undone = pure.undoChange(state.model, told, this.deps.clock())
    if (!undone.ok) return undone
    const target = told.after?.id ?? told.fact
    const context = { place, target, action: 'restored' as const }
    return ok({ persona: await this.write(state, undone.value, context) })
  }

  /** Adds what facts have brought. The persona stays what it is, so no snapshot follows. */
  earned(counts: pure.EarnedCounts, place: Place): number {
    const state = this.rows.read()
    const { model } = state
    const facts = pure.addEarned(model.facts, counts)
    if (facts === model.facts) return 0
    this.ctx.storage.transactionSync(() =>
      this.save(state, { ...model, facts }, { place, changes: [] }),
    )
    return facts.filter((fact, i) => fact !== model.facts[i]).length
  }

  /** The last 64 changes, newest first. */
  history(): HistoryChange[] {
    return this.rows.history()
  }

  /**
   * Learns what the queue brings, each message once however often it comes. Answers lesson by lesson, and
   * with the size that came of it; where it rejects, nothing of the batch was learned.
   */
  async learn(lessons: Lesson[], place: Place): Promise<Learned> {
    const now = this.deps.clock()
    const { ctx, rows } = this
    const state = rows.read()
    const learned = ctx.storage.transactionSync(() => {
      let { model } = state
      let told = model
      const outcomes: LessonOutcome[] = []
      const changes: pure.NewChange[] = []
      lessons.forEach((lesson, i) => {
        const objection = objectTo(lesson, state.meta, now)
        const found = objection
          ? []
          : sightingsOf(lesson, state.meta, (id) => rows.remember(id, now))
        const next = pure.learnSightings(model, found, { now, idOf: idOf(state) })
        outcomes.push(objection ?? (next === model ? 'known' : 'learned'))
        model = next
        // Told once for lessons of the same cause: the history is of outcomes, not of steps.
        if (model === told || lessons[i + 1]?.cause === lesson.cause) return
        changes.push(...pure.changesBetween(told, model, { now, cause: lesson.cause }))
        told = model
      })
      const size = pure.sizeOf(model.facts)
      if (model === state.model) return { outcomes, size, isVisible: false }
      model = withCohort(model, now)
      const isVisible = changes.length > 0 || isOtherPersona(state.model, model, now)
      const version = model.version + (isVisible ? 1 : 0)
      this.save(state, { ...model, version }, { place, changes })
      return { outcomes, size, isVisible }
    })
    if (learned.isVisible) await this.outbox.send()
    else await this.outbox.arm()
    return { outcomes: learned.outcomes, ...learned.size }
  }

  /** Which of these messages may still be read for learning, and the categories that its owner keeps out. */
  unread({ ids, ...rules }: Unread): { ids: string[]; blocked: Category[] } {
    const { meta } = this.rows.read()
    const now = this.deps.clock()
    if (objectTo(rules, meta, now)) return { ids: [], blocked: [] }
    const { blocked = [] } = meta.settings.limits ?? {}
    return { ids: ids.filter((id) => !this.rows.isSeen(id, now)), blocked }
  }

  /** What its owner decides about learning and wants less of. It outlives an erasure. */
  async settings(
    { learn, limits }: SettingsChange,
    place: Place,
  ): Promise<{ settings: OwnerSettings; persona: Persona }> {
    const state = this.rows.read()
    const settings = {
      ...state.meta.settings,
      ...(learn === undefined ? {} : { learn }),
      ...(limits === undefined ? {} : { limits }),
    }
    const meta = { ...state.meta, settings }
    const { version } = state.model
    const model = { ...state.model, version: version + 1, ...(limits ? { limits } : {}) }
    const persona = await this.write({ ...state, meta }, model, { place })
    return { settings, persona }
  }

  /**
   * Erases all facts and the history. What stays is a tombstone: the raised epoch and, for their 14 days, ids
   * of messages of reported conversations. Without them, what was learned before could come back. The empty
   * snapshot replaces the one in KV.
   */
  async forget(place: Place): Promise<{ persona: Persona; at: number }> {
    const state = this.rows.read()
    const at = this.deps.clock()
    const model = pure.forgetAll(state.model)
    const meta = { ...state.meta, floor: 0, erasedAt: at, salt: this.deps.newId() }
    this.ctx.storage.transactionSync(() => {
      this.rows.erase()
      this.save({ meta, model: pure.emptyModel() }, model, { place, changes: [] })
    })
    await this.outbox.send()
    return { persona: this.render(model, at), at }
  }

  override alarm(): Promise<void> {
    return this.outbox.alarm()
  }

  private async edited(
    state: State,
    { model, fact, ...context }: pure.Changed & WriteContext,
  ): Promise<FactEdit> {
    return { fact, persona: await this.write(state, model, context) }
  }

  /** Stores an edit of its owner, and lets the snapshot follow. */
  private async write(
    state: State,
    model: pure.SelfModel,
    context: WriteContext,
  ): Promise<Persona> {
    const now = this.deps.clock()
    const { place, ...act } = context
    const changes = pure.changesBetween(state.model, model, { now, cause: 'owner', ...act })
    const next = withCohort(model, now)
    this.ctx.storage.transactionSync(() => this.save(state, next, { place, changes }))
    await this.outbox.send()
    return this.render(next, now)
  }

  private render(model: pure.SelfModel, now: number): Persona {
    return renderPersona(model, now, this.deps.count)
  }

  private save(state: State, model: pure.SelfModel, { place, changes }: Saving): void {
    const { retentionDays: _, ...meta } = state.meta
    const { retentionDays } = place
    const rule = retentionDays === undefined ? {} : { retentionDays }
    this.rows.write(state, { meta: { ...meta, ...rule }, model }, changes)
    this.rows.address(place.orgKey, place.persona)
  }
}

type WriteContext = { place: Place; target?: string; action?: 'restored' }
type Saving = { place: Place; changes: readonly pure.NewChange[] }

const idOf =
  ({ meta }: State) =>
  (category: Category, text: string): string =>
    factId(meta.salt, category, text)
