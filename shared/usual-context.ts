import type * as z from 'zod/mini'
import { isObject } from './is-object.ts'
import { Cohort } from './schema/cohort.ts'
import { DeviceState, mostTokens, type ClientContext } from './schema/context.ts'
import { Mode, Stakes, Tier } from './schema/decision.ts'

/*
 * There is a context on nearly every request, and a Worker may not compile its schema to code: the
 * usual one is read by hand. Whatever looks unusual is left to the schema.
 */

/** Members of an object. Where as many are known, there is no other. */
const members = (value: object): number => Object.keys(value).length
const one = (value: unknown): number => (value === undefined ? 0 : 1)

const oneOf = ({ def }: { def: z.core.$ZodEnumDef }) => {
  const known = new Set<unknown>(Object.values(def.entries))
  return (value: unknown) => known.has(value)
}
const isTier = oneOf(Tier)
const isMode = oneOf(Mode)
const isStakes = oneOf(Stakes)
const isStore = oneOf(DeviceState.shape.store)
const isGate = oneOf(DeviceState.shape.gate)
const isCohort = oneOf(Cohort)
const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0
const isText = (value: unknown, most: number) => typeof value === 'string' && value.length <= most
const isId = (value: unknown) => typeof value === 'string' && /^[A-Za-z0-9_-]{1,40}$/.test(value)
const isSession = (value: unknown) =>
  typeof value === 'string' && /^[A-Za-z0-9_-]{8,64}$/.test(value)
const isWeight = (value: unknown) => isCount(value) && Number(value) <= 100
const isListOf = (value: unknown, is: (item: unknown) => boolean) =>
  Array.isArray(value) && value.length <= 64 && value.every(is)

function isDevice(value: unknown): boolean {
  if (!isObject(value)) return false
  const { store, gate, version, epoch, whole, cohort } = value
  return (
    isStore(store) &&
    isGate(gate) &&
    (version === undefined || isCount(version)) &&
    (epoch === undefined || isCount(epoch)) &&
    (whole === undefined || (isCount(whole) && Number(whole) <= mostTokens)) &&
    (cohort === undefined || isCohort(cohort)) &&
    members(value) === 2 + one(version) + one(epoch) + one(whole) + one(cohort)
  )
}

function isSlices(value: unknown): boolean {
  if (!isObject(value)) return false
  const { style, session, profile } = value
  return (
    typeof style === 'boolean' &&
    typeof session === 'boolean' &&
    typeof profile === 'boolean' &&
    members(value) === 3
  )
}

function isDecision(value: unknown): boolean {
  if (!isObject(value)) return false
  const { tier, mode, slices, facts, weights, stakes, language, inherited, ms, reason } = value
  return (
    isTier(tier) &&
    isMode(mode) &&
    isStakes(stakes) &&
    isSlices(slices) &&
    isListOf(facts, isId) &&
    (weights === undefined || isListOf(weights, isWeight)) &&
    isText(language, 8) &&
    isText(reason, 300) &&
    isCount(inherited) &&
    typeof ms === 'number' &&
    Number.isFinite(ms) &&
    ms >= 0 &&
    members(value) === 9 + one(weights)
  )
}

/** A context as devices usually send it: a decision, and nothing that the edge has not seen. */
export function isUsualContext(json: unknown): json is ClientContext {
  if (!isObject(json)) return false
  const { v, session, device, decision } = json
  return (
    v === 1 && isSession(session) && isDevice(device) && isDecision(decision) && members(json) === 4
  )
}
