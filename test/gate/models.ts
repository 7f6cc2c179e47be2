import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readGateConfig, type GateConfig } from '../../shared/gate/config.ts'
import { createLiteGate, type LiteGate } from '../../shared/gate/lite.ts'
import type { GateFact, GateOptions } from '../../shared/gate/port.ts'
import type { Tier } from '../../shared/schema/decision.ts'
import { modelsFolder } from '../../tools/load-gate.ts'

/** The committed models: what the tests hold is what ships. */
const path = (name: string) => join(modelsFolder, name)

export function readModel(name: string): ArrayBuffer {
  const bytes = readFileSync(path(name))
  return new Uint8Array(bytes).buffer
}

export const readText = (name: string): string => readFileSync(path(name), 'utf8')

export function gateConfig(tier: Tier): GateConfig {
  const config = readGateConfig(JSON.parse(readText('gate.json')), tier)
  if (!config.ok) throw new Error(JSON.stringify(config.problem))
  return config.value
}

export const liteGate = (): LiteGate =>
  createLiteGate(readModel('lite.bin'), gateConfig('lite'), () => performance.now())

export const balanced: GateOptions = { mode: 'balanced', maxFacts: 5, blocked: [] }

/** A user with twelve facts, as in the demo. */
export const ada: GateFact[] = [
  { id: 'diet', category: 'diet', text: 'Vegetarian; eats no meat and no fish.' },
  { id: 'allergy', category: 'health', text: 'Allergic to peanuts.', vital: true },
  { id: 'role', category: 'role', text: 'Works as a backend developer at a bank.' },
  { id: 'city', category: 'location', text: 'Lives in Lisbon.' },
  { id: 'family', category: 'family', text: 'Has two children, aged 4 and 7.' },
  { id: 'editor', category: 'tool', text: 'Writes TypeScript in Neovim on Linux.' },
  { id: 'goal', category: 'goal', text: 'Is training for a first half marathon.' },
  { id: 'belief', category: 'belief', text: 'Thinks that nuclear power should be given up.' },
  { id: 'music', category: 'preference', text: 'Likes jazz from the fifties.' },
  { id: 'budget', category: 'finance', text: 'Saves 300 euros a month for a house.' },
  { id: 'time', category: 'schedule', text: 'Free only on Sunday mornings.' },
  { id: 'style', category: 'style', text: 'Prefers short answers without small talk.' },
]
