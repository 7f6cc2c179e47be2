export { loadPanel } from './load-panel.ts'
export { createEdgewise } from './runtime.ts'
export type * from './types.ts'
