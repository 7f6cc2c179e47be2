export { loadPanel } from './load-panel.ts'
export { createEdgewise } from './runtime.ts'
export type * from './edgewise.ts'
export type * from './types.ts'
