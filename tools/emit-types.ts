import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'

/** Where the declarations of `edgewise`, `edgewise/server` and `edgewise/ai-sdk` lie; package.json's `exports` name them. */
export const typesOut = 'dist/types'

/** Declarations for apps that import the package. Some seconds of tsc, so not a part of `npm start`. */
export function emitTypes(): void {
  rmSync(typesOut, { recursive: true, force: true })
  execFileSync('tsc', ['-p', 'client/tsconfig.types.json', '--outDir', typesOut], {
    stdio: 'inherit',
  })
}
