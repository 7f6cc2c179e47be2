import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { relative } from 'node:path'
import { buildAssets } from './build.ts'

const help = `Checks types, rules and format, and runs every test: logic in Node, the Worker in workerd, the client in
Chromium, and the whole in a real page. Installs Chromium (Debian's) where there is none.

  npm test [-- FILTER ...]      FILTER: part of a test file's path; then checks are left out

Environment: CHROMIUM names a browser to use instead.
`

/* One after the other: the client has deadlines of 50 ms, which two busy cores would break. */
const projects = ['shared', 'worker', 'client', 'live', 'end-to-end']

const filters = process.argv.slice(2)
if (filters.includes('--help') || filters.includes('-h')) {
  process.stdout.write(help)
  process.exit(0)
}

const browser = findBrowser()
process.stdout.write(`Browser: ${browser}\n`)
await buildAssets()

let passed = 0
/** What failed, told once more at the end: in between lie thousands of lines. */
const failures: string[] = []
if (filters.length === 0) {
  check('types', ['tsc', '-b'])
  check('rules', ['oxlint'])
  check('format', ['oxfmt', '--check', '.'])
  check('unused code', ['knip'])
  check('size of the drop-in script', ['node', 'tools/size.ts'])
}
for (const project of projects) runTests(project)
process.stdout.write(failures.map((failure) => `\nFAILED ${failure}\n`).join(''))
process.stdout.write(`\n${passed} passed, ${failures.length} failed\n`)
process.exit(failures.length === 0 && passed > 0 ? 0 : 1)

/** A check counts as one test. */
function check(name: string, [command = '', ...args]: string[]): void {
  process.stdout.write(`\n> ${name}\n`)
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (status === 0) passed += 1
  else failures.push(name)
}

type Test = { fullName: string; status: string; failureMessages?: string[] }
/** A file that could not even be read has no tests in it, and a `message`. */
type TestFile = { name: string; status: string; message: string; assertionResults: Test[] }
type Report = { numPassedTests: number; success: boolean; testResults: TestFile[] }

/** A skipped test fails. */
function runTests(project: string): void {
  const file = `.wrangler/test-report-${project}.json`
  mkdirSync('.wrangler', { recursive: true })
  rmSync(file, { force: true })
  process.stdout.write(`\n> tests: ${project}\n`)
  const { status } = spawnSync(
    'vitest',
    [
      'run',
      '--project',
      project,
      ...(filters.length > 0 ? ['--passWithNoTests'] : []),
      '--reporter=default',
      '--reporter=json',
      `--outputFile=${file}`,
      ...filters,
    ],
    { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, CHROMIUM: browser } },
  )
  const report: Report | undefined = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : undefined
  const bad = report?.testResults.flatMap(failuresOf) ?? []
  passed += report?.numPassedTests ?? 0
  if (bad.length === 0 && (status !== 0 || report?.success === false)) bad.push('(see above)')
  failures.push(...bad.map((failure) => `${project} ${failure}`))
}

function failuresOf({ name, status, message, assertionResults }: TestFile): string[] {
  const file = relative(process.cwd(), name)
  const tests = assertionResults.filter((test) => test.status !== 'passed')
  // Where a hook fails, its tests are only skipped.
  const ofFile = status === 'failed' && message !== '' ? [`${file}: ${shortened(message)}`] : []
  const ofTests = tests.map(
    (test) =>
      `${file}: ${test.fullName}\n${shortened(test.failureMessages?.join('\n') || test.status)}`,
  )
  return [...ofFile, ...ofTests]
}

/** Without the stack's lines of libraries. */
function shortened(text: string): string {
  const lines = text.split('\n').filter((line) => !line.includes('node_modules'))
  return lines.slice(0, 20).join('\n')
}

function findBrowser(): string {
  const candidates = [
    process.env['CHROMIUM'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ]
  const found = candidates.find((path) => path && existsSync(path))
  if (found) return found
  process.stdout.write("No Chromium found: installing Debian's ...\n")
  try {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' })
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  } catch {
    process.stderr.write('Chromium could not be installed. Install it, or name one in CHROMIUM.\n')
    process.exit(1)
  }
  return '/usr/bin/chromium'
}
