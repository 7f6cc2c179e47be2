import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium, type Browser } from 'playwright'

export type Running = { url: string; stop(): Promise<void> }

/** A port that nothing listens on just now. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const address = server.address()
      const port = typeof address === 'object' ? address?.port : undefined
      server.close(() => resolve(port ?? 0))
    })
  })
}

/** Runs the README's own command on a free port, with storage of its own, until the line that it promises. */
export async function startEdgewise(environment: Record<string, string> = {}): Promise<Running> {
  const [port, state] = await Promise.all([freePort(), mkdtemp(join(tmpdir(), 'edgewise-state-'))])
  const child = spawn('npm', ['start', '--', '--persist', state], {
    env: { ...process.env, ...environment, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that all that it starts can be stopped.
    detached: true,
  })
  async function stop(): Promise<void> {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    if (child.pid && child.exitCode === null) process.kill(-child.pid, 'SIGTERM')
    await Promise.race([ended, sleep(5000)])
    await rm(state, { recursive: true, force: true, maxRetries: 3 })
  }
  try {
    return { url: await ready(child), stop }
  } catch (cause) {
    await stop()
    throw cause
  }
}

/** `npm start` may build and install; this much is too long even so, ms. */
const patience = 100_000

function ready(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const hear = (data: Buffer) => {
      said += data.toString()
      const url = /Edgewise is ready on (http:\S+)/.exec(said)?.[1]
      if (url) resolve(url)
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    const fail = (what: string) => reject(new Error(`npm start ${what}:\n${said}`))
    child.once('exit', (code) => fail(`ended (${code})`))
    setTimeout(fail, patience, 'was not ready in time').unref()
  })
}

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
  })
