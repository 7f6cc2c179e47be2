import { spawn, type ChildProcess } from 'node:child_process'
import { resolve } from 'node:path'
import { testKey } from '../../fakes/start-worker.ts'

export type Finished = { code: number | null; out: string; err: string }
export type Running = { child: ChildProcess; finished: Promise<Finished> }

/** Starts a command of `tools/` in a folder of its own, with the development key of the tests' Workers. */
export function startTool(cwd: string, [tool = '', ...args]: readonly string[]): Running {
  const file = resolve('tools', tool)
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, ...args], {
    cwd,
    env: {
      ...process.env,
      DEVELOPMENT_KEY: testKey,
      NO_COLOR: '1',
      NODE_OPTIONS: '--max-old-space-size=200',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (data: Buffer) => (out += data.toString()))
  child.stderr.on('data', (data: Buffer) => (err += data.toString()))
  const finished = new Promise<Finished>((done) => {
    child.on('close', (code) => done({ code, out, err }))
  })
  return { child, finished }
}

export const runTool = (cwd: string, args: readonly string[]): Promise<Finished> =>
  startTool(cwd, args).finished
