import type { TestProject } from 'vitest/node'
import { startEdgewise } from './start.ts'

/** One `npm start` without a provider key, for all tests of the demo page. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const running = await startEdgewise()
  project.provide('edgewise', running.url)
  return () => running.stop()
}

declare module 'vitest' {
  interface ProvidedContext {
    edgewise: string
  }
}
