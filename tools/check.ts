import { spawnSync } from 'node:child_process'

/** Types, rules, format and unused code, without the tests. `--fix` mends format and what rules can mend. */
const fix = process.argv.includes('--fix')
const commands = [
  ['oxfmt', fix ? '.' : '--check', ...(fix ? [] : ['.'])],
  ['oxlint', ...(fix ? ['--fix'] : [])],
  ['tsc', '-b'],
  ['knip'],
]
let status = 0
for (const [command = '', ...args] of commands) {
  process.stdout.write(`> ${command}\n`)
  status = spawnSync(command, args, { stdio: 'inherit' }).status === 0 ? status : 1
}
process.exitCode = status
