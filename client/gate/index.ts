export { createPageGate } from './page-gate.ts'
export type { PageGate } from './page-gate.ts'
export type { GateProgress } from './progress.ts'
