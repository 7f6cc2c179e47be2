/** How far a part of the gate has come; bytes. */
export type GateProgress =
  | { part: 'lite' | 'full'; state: 'loading'; loaded: number; total: number }
  | { part: 'lite' | 'full'; state: 'ready' }
  | { part: 'lite' | 'full'; state: 'given_up'; reason: string }
