import { simulateExperiments } from './experiment/simulate.ts'
import { readArgs } from './read-args.ts'

/** Of the seeds, this share must find the planted effect. */
const POWER = 0.8

const help = `Checks the experiments' statistics: as many experiments as seeds, with a look at the results each day.

  npm run experiment-check -- [--seeds 1000]

Each has 25,200 users in 28 days, in two arms, of whom half have the outcome. Once the arms are the same:
how often is a difference seen on any day? Once the second arm adds 5% of that (50% to 52.5%): how often is it
found? The assignment and the intervals are the product's own. Fails above the level or below ${POWER}.
`

const { values } = readArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
const seeds = Number(values.seeds)

if (values.help || !Number.isInteger(seeds) || seeds < 1) {
  process.stdout.write(help)
  process.exitCode = values.help ? 0 : 2
} else {
  const setting = { seeds, days: 28, usersADay: 900, baseline: 0.5, effect: 0.05, level: 0.05 }
  const found = simulateExperiments(setting)
  const share = (value: number) => value.toFixed(3)
  process.stdout.write(
    [
      `same arms, a yes-or-no outcome: a difference was seen in ${share(found.falseAlarms)} of the experiments`,
      `same arms, a skewed outcome (Weibull, shape 1/2): in ${share(found.falseSkewed)}`,
      `same arms, one user in twenty in the second, a rare outcome (1%): in ${share(found.falseRare)}`,
      `the first with fixed 95% intervals, looked at daily: in ${share(found.falseFixed)}`,
      `a sound split reported as broken (p below 0.001): in ${share(found.ratioAlarms)}`,
      `aa ${seeds} seeds false ${share(found.falseAlarms)} of ${setting.level} | power ${found.power.toFixed(2)} at 5%`,
      '',
    ].join('\n'),
  )
  const holds = Math.max(found.falseAlarms, found.falseSkewed, found.falseRare) <= setting.level
  process.exitCode = holds && found.power >= POWER ? 0 : 1
}
