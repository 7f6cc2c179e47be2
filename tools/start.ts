import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { buildAssets } from './build.ts'
import { localVariables } from './local-variables.ts'
import { readArgs } from './read-args.ts'
import { withSecrets } from './secrets.ts'

const help = `Builds everything and runs the Worker locally, in workerd, with the demo page.

  npm start [-- --persist DIR]

  --persist   where local KV, Durable Objects, Queues and D1 keep their data (.wrangler/state)

Environment: PORT (8787), and every variable and secret of a deployment, for example
  PROVIDER=openai OPENAI_BASE_URL=https://api.openai.com/v1 OPENAI_API_KEY=...
  PROVIDER=anthropic ANTHROPIC_API_KEY=...
Without a key the provider is "preview": it answers with the prompt that would have been sent.
ENVIRONMENT=production, with secrets, is as a deployment: no demo token, and no org but those in the store.
`

const { values } = readArgs({
  options: {
    persist: { type: 'string', default: '.wrangler/state' },
    help: { type: 'boolean', short: 'h' },
  },
})

if (values.help) process.stdout.write(help)
else await start()

async function start(): Promise<void> {
  const port = Number(process.env['PORT'] || 8787)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    return refuse('PORT must be 1 to 65535.')
  // What listens there would answer in the place of the Worker, and look as if it were ready.
  if (await listens(port)) {
    return refuse(`Port ${port} is in use. Choose another one: PORT=8788 npm start`)
  }
  const variables = withSecrets(localVariables(), 'environment')
  process.stdout.write('Building the client script and the demo page ...\n')
  await buildAssets()
  await migrate()
  process.stdout.write('Starting the Worker ...\n')
  const worker = spawn(
    'wrangler',
    [
      'dev',
      '--local',
      '--port',
      String(port),
      '--persist-to',
      values.persist,
      '--env-file',
      environmentFile(port, variables),
      '--show-interactive-dev-session=false',
      '--log-level',
      'warn',
    ],
    { stdio: ['ignore', 'inherit', 'inherit'], env: quiet() },
  )
  worker.on('exit', (code) => process.exit(code ?? 1))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => worker.kill(signal))
  }
  await answering(`http://localhost:${port}/healthz`)
  process.stdout.write(`Edgewise is ready on http://localhost:${port}\n`)
}

function refuse(why: string): void {
  process.stderr.write(`${why}\n`)
  process.exitCode = 1
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: 'localhost' })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

function quiet() {
  return {
    ...process.env,
    WRANGLER_SEND_METRICS: 'false',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    NO_COLOR: '1',
    CI: '1',
  }
}

/** The variables of this run, in a file that only this user may read: secrets are not for the command line. */
function environmentFile(port: number, variables: Record<string, string>): string {
  // One a port: a running Worker reads its file again when it changes.
  const file = `.wrangler/start-${port}.env`
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${quoted(value)}`)
  mkdirSync('.wrangler', { recursive: true })
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
  return file
}

/** So that it is read back as it is: a backslash is kept between single quotes alone, and `$` would name a variable. */
function quoted(value: string): string {
  const quote = ["'", '`', '"'].find((one) => !value.includes(one)) ?? "'"
  return `${quote}${value.replaceAll('$', String.raw`\$`)}${quote}`
}

function migrate(): Promise<void> {
  process.stdout.write('Applying local D1 migrations ...\n')
  const child = spawn(
    'wrangler',
    ['d1', 'migrations', 'apply', 'METRICS', '--local', '--persist-to', values.persist],
    { stdio: ['ignore', 'ignore', 'inherit'], env: quiet() },
  )
  return new Promise((resolve, reject) => {
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`D1 migrations failed (${code})`)),
    )
  })
}

async function answering(url: string): Promise<void> {
  for (;;) {
    const ready = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    )
    if (ready) return
    await new Promise((wake) => setTimeout(wake, 150))
  }
}
