import type * as z from 'zod/mini'
import { DeviceState, type ClientContext } from './schema/context.ts'
import { Mode, Stakes, Tier } from './schema/decision.ts'

/*
 * There is a context on nearly every request, and a Worker may not compile its schema to code: the
 * usual one is read by hand. Whatever looks unusual is left to the schema.
 */

type Members = { required: readonly string[]; optional?: readonly string[] }

const context: Members = { required: ['v', 'session', 'device', 'decision'] }
const device: Members = { required: ['store', 'gate'], optional: ['version', 'epoch'] }
const decision: Members = {
  required: 'tier mode slices facts stakes language inherited ms reason'.split(' '),
  optional: ['weights'],
}
const slices: Members = { required: ['style', 'session', 'profile'] }

type Shape = Record<string, unknown>

/** An object with all the required members, and no other than the optional ones. */
function has(value: unknown, { required, optional = [] }: Members): value is Shape {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  let found = 0
  for (const key in value) {
    if (required.includes(key)) found++
    else if (!optional.includes(key)) return false
  }
  return found === required.length
}

const oneOf = ({ def }: { def: z.core.$ZodEnumDef }) => {
  const known = new Set<unknown>(Object.values(def.entries))
  return (value: unknown) => known.has(value)
}
const isTier = oneOf(Tier)
const isMode = oneOf(Mode)
const isStakes = oneOf(Stakes)
const isStore = oneOf(DeviceState.shape.store)
const isGate = oneOf(DeviceState.shape.gate)
const isAbsentOr = (value: unknown, is: (value: unknown) => boolean) =>
  value === undefined || is(value)
const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0
const isText = (value: unknown, most: number) => typeof value === 'string' && value.length <= most
const isId = (value: unknown) => typeof value === 'string' && /^[A-Za-z0-9_-]{1,40}$/.test(value)
const isSession = (value: unknown) =>
  typeof value === 'string' && /^[A-Za-z0-9_-]{8,64}$/.test(value)
const isWeight = (value: unknown) => isCount(value) && Number(value) <= 100
const isListOf = (value: unknown, is: (item: unknown) => boolean) =>
  Array.isArray(value) && value.length <= 64 && value.every(is)

const isWeights = (value: unknown) => isListOf(value, isWeight)

const isDevice = (value: unknown) =>
  has(value, device) &&
  isStore(value['store']) &&
  isGate(value['gate']) &&
  isAbsentOr(value['version'], isCount) &&
  isAbsentOr(value['epoch'], isCount)

const isSlices = (value: unknown) =>
  has(value, slices) && Object.values(value).every((wanted) => typeof wanted === 'boolean')

const isDecision = (value: unknown) =>
  has(value, decision) &&
  isTier(value['tier']) &&
  isMode(value['mode']) &&
  isStakes(value['stakes']) &&
  isSlices(value['slices']) &&
  isListOf(value['facts'], isId) &&
  isAbsentOr(value['weights'], isWeights) &&
  isText(value['language'], 8) &&
  isText(value['reason'], 300) &&
  isCount(value['inherited']) &&
  typeof value['ms'] === 'number' &&
  value['ms'] >= 0

/** A context as devices usually send it: a decision, and nothing that the edge has not seen. */
export const isUsualContext = (json: unknown): json is ClientContext =>
  has(json, context) &&
  json['v'] === 1 &&
  isSession(json['session']) &&
  isDevice(json['device']) &&
  isDecision(json['decision'])
