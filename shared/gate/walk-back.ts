import { limits } from '../limits.ts'
import type { Turn } from './port.ts'

/** An earlier user message and what came before it. */
export type Earlier = { query: string; history: readonly Turn[]; steps: number }

/**
 * The earlier user messages, nearest first, at most `limits.walkBack` of them. The caller stops at the
 * first that stands by itself: what a follow-up needs is computed from there, never remembered.
 */
export function* earlierMessages(history: readonly Turn[]): Generator<Earlier> {
  let steps = 0
  for (let at = history.length - 1; at >= 0 && steps < limits.walkBack; at--) {
    const turn = history[at]
    if (turn?.role !== 'user' || turn.content.trim() === '') continue
    steps++
    yield { query: turn.content, history: history.slice(0, at), steps }
  }
}
