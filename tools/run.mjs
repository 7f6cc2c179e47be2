// Runs tools/NAME.ts (or tools/NAME/index.ts) on the pinned Node, installing what is missing first.
// Plain JavaScript without dependencies: it must work on a fresh clone with Node 20.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const [name, ...rest] = process.argv.slice(2)
const node = join(root, 'node_modules/node/bin/node')
const stamp = join(root, 'node_modules/.edgewise-lock')

/** Installs exactly what the lock file names; npm's output goes to stderr, so that pipes stay clean. */
function install() {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8')
  if (existsSync(stamp) && existsSync(node) && readFileSync(stamp, 'utf8') === lock) return
  process.stderr.write('Installing packages (once, about a minute) ...\n')
  const env = { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' }
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env,
    stdio: ['ignore', 2, 2],
  })
  const usable = spawnSync(node, ['--version']).status === 0
  // Where install scripts were held back, the package still holds the binary's installer.
  if (!usable)
    execFileSync('npm', ['rebuild', 'node', 'esbuild', 'workerd'], {
      cwd: root,
      env,
      stdio: ['ignore', 2, 2],
    })
  writeFileSync(stamp, lock)
}

install()
const file = [`tools/${name}.ts`, `tools/${name}/index.ts`]
  .map((f) => join(root, f))
  .find(existsSync)
if (!file) {
  process.stderr.write(`There is no command "${name}". See package.json.\n`)
  process.exit(2)
}
const path = `${dirname(node)}:${join(root, 'node_modules/.bin')}:${process.env.PATH}`
const child = spawn(node, ['--disable-warning=ExperimentalWarning', file, ...rest], {
  cwd: root,
  env: { ...process.env, PATH: path },
  stdio: 'inherit',
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(signal ? 130 : (code ?? 1)))
