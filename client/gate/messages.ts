import type { GateConfig } from '../../shared/gate/config.ts'
import type { GateFact, GateInput, GateOptions } from '../../shared/gate/port.ts'
import type { Decision } from '../../shared/schema/decision.ts'

/** What the page says to the large gate's worker. */
export type ToWorker =
  /** `base`: folder of `models/` and `wasm/`. `cache`: keep the weights in the browser's Cache Storage. */
  | { kind: 'start'; base: string; config: GateConfig; cache: boolean }
  | { kind: 'prepare'; facts: readonly GateFact[] }
  | { kind: 'decide'; id: number; input: GateInput; options: GateOptions }
  | { kind: 'forget' }

/** And what it hears. After `failed` nothing more comes. */
export type FromWorker =
  | { kind: 'progress'; loaded: number; total: number }
  | { kind: 'warm' }
  | { kind: 'failed'; reason: string }
  | { kind: 'decided'; id: number; decision: Decision }
  /** The transformer failed for this one, or a newer request took its place. */
  | { kind: 'passed'; id: number }
