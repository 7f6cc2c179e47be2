import { isObject } from '../shared/is-object.ts'
import type { BriefFact, Fact } from '../shared/schema/fact.ts'
import type { Persona } from '../shared/schema/persona.ts'
import type { GateSettings, Session } from '../shared/schema/session.ts'

/*
 * Shapes of what comes from outside, checked by hand: the schemas of `shared/schema` would be most of
 * the script's bytes. What is checked is what the page would stumble over; the edge checks the rest.
 */
const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => Number.isFinite(value)

export const isList = <T>(value: unknown, is: (item: unknown) => item is T): value is T[] =>
  Array.isArray(value) && value.every(is)

const isBrief = (value: unknown): value is BriefFact =>
  isObject(value) && isText(value['id']) && isText(value['category']) && isText(value['text'])

export const isFact = (value: unknown): value is Fact =>
  isBrief(value) &&
  'lastSeen' in value &&
  isNumber(value.lastSeen) &&
  'pinned' in value &&
  'status' in value

export const isPersona = (value: unknown): value is Persona =>
  isObject(value) &&
  isNumber(value['version']) &&
  isNumber(value['epoch']) &&
  isList(value['facts'], isBrief)

export const isGateSettings = (value: unknown): value is GateSettings =>
  isObject(value) &&
  isText(value['mode']) &&
  isNumber(value['maxFacts']) &&
  isList(value['blocked'], isText)

export const isSession = (value: unknown): value is Session =>
  isObject(value) &&
  isText(value['session']) &&
  isText(value['subject']) &&
  isNumber(value['expires']) &&
  isObject(value['org']) &&
  isPersona(value['persona']) &&
  isGateSettings(value['gate'])
