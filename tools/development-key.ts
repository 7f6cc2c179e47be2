import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

const file = '.wrangler/development-key'

/**
 * The key of this checkout that signs app tokens in local development: made once, kept out of git. The
 * Worker takes it only where ENVIRONMENT is `development`.
 */
export function developmentKey(): string {
  const given = process.env['DEVELOPMENT_KEY']
  if (given) return given
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600 })
  }
  return readFileSync(file, 'utf8').trim()
}
