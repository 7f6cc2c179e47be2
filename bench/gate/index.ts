import { readEvaluation } from '../../tools/evaluate/evaluation.ts'
import { describeTimes, measureGate } from './measure.ts'

const help = `How long does one decision take, once warm, and how much of it is the encoder?

  npm run bench -- gate

Both tiers in Chromium, 24 different requests, twelve known facts; each decision takes turns with the cosine
baseline on the same encoder. Milliseconds are this machine's; the ratios count.
`

if (process.argv.includes('--help')) process.stdout.write(help)
else
  process.stdout.write(`${describeTimes(await measureGate(readEvaluation().speed)).join('\n')}\n`)
