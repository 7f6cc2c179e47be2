import UPlot from 'uplot'

/** One line of a plot; a missing value is a gap. */
export type Line = { label: string; values: readonly (number | undefined)[] }
export type Plot = {
  /** Seconds since 1970 for a time, else plain numbers. */
  xs: readonly number[]
  lines: readonly Line[]
  /** How a value is written, on the axis and under the cursor. */
  show: (value: number) => string
  showX: (value: number) => string
  isTime: boolean
  /** Its points are days of UTC: ticks stand there, and not at midnight here. */
  isOfDays?: boolean
  /** Of the x axis, where that is no time. */
  xName?: string
  /** Around the values of a plot of single points. */
  bars?: readonly ({ low: number; high: number } | undefined)[]
  /** The y axis ends here at least. */
  top: number
}

const HEIGHT = 220
/** Told apart without colour as well. */
const dashes: readonly number[][] = [[], [7, 4], [2, 3], [10, 3, 2, 3]]

/** Draws into `place`, and again when its width or the colour scheme changes. */
export function createPlot(place: HTMLElement): { draw(plot: Plot): void } {
  let drawn: UPlot | undefined
  let last: Plot | undefined
  let width = 0

  function draw(plot: Plot): void {
    last = plot
    const wide = place.clientWidth
    if (wide === 0) return
    const values = plot.lines.map(({ values: line }) => line.map((value) => value ?? null))
    const data: UPlot.AlignedData = [[...plot.xs], ...values]
    drawn?.destroy()
    width = wide
    drawn = new UPlot(optionsOf(plot, { width: wide, place }), data, place)
  }
  const again = () => last && draw(last)
  new ResizeObserver(() => {
    if (place.clientWidth !== width) again()
  }).observe(place)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again)
  return { draw }
}

function optionsOf(plot: Plot, { width, place }: { width: number; place: HTMLElement }) {
  const colour = (name: string) => colourOf(place, name)
  const [muted, grid] = [colour('--muted'), colour('--line')]
  const axis = { stroke: muted, grid: { stroke: grid, width: 1 }, ticks: { show: false } }
  const { show, showX, isTime, isOfDays, top, xName = 'Time', bars = [] } = plot
  const ends = bars.flatMap((bar) => (bar ? [bar.low, bar.high] : []))
  const few = bars.length > 0
  const names = few ? namesBelow(plot, width) : undefined
  const options: UPlot.Options = {
    width,
    height: HEIGHT + (names?.height ?? 0),
    ...(isOfDays ? { tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1000), 'UTC') } : {}),
    cursor: { y: false, points: { size: 6 } },
    scales: {
      x: few ? { time: false, range: [0.5, bars.length + 0.5] } : { time: isTime },
      y: {
        range: (_, min, max) => [
          Math.min(0, Math.min(min ?? 0, ...ends) * 1.1),
          Math.max(top, Math.max(max ?? 0, ...ends) * 1.1),
        ],
      },
    },
    axes: [
      {
        ...axis,
        space: 90,
        grid: { show: false },
        ...(few ? { splits: [...plot.xs] } : {}),
        ...names?.axis,
        values: (_, ticks) => ticks.map(showX),
      },
      { ...axis, size: SIDE, values: (_, ticks) => ticks.map(show) },
    ],
    series: [
      { label: xName, value: (_, x: number | null) => textOf(x, showX) },
      ...plot.lines.map(({ label, values }, i) => ({
        label,
        stroke: colour(`--line-${i + 1}`),
        width: few ? 0 : 2,
        dash: [...(dashes[i % dashes.length] ?? [])],
        spanGaps: true,
        // A few values far apart would be no line.
        points: { show: values.filter((value) => value !== undefined).length <= FEW, size: 6 },
        value: (_: UPlot, value: number | null) => textOf(value, show),
      })),
    ],
    hooks: { draw: [(drawn) => drawBars(drawn, plot, colour('--line-1'))] },
  }
  return options
}

/** Pixels of the y axis, of a letter below the plot, and of the lines of an axis whose texts lie flat. */
const SIDE = 80
const LETTER = 7
const FLAT = 50

/** Names that do not fit beside each other stand upright, in room of their own. */
function namesBelow({ xs, showX }: Plot, width: number) {
  const longest = Math.max(...xs.map((x) => showX(x).length)) * LETTER
  if (longest <= (width - SIDE) / xs.length) return undefined
  return { height: longest, axis: { rotate: -90, size: FLAT + longest } }
}

function drawBars(drawn: UPlot, { xs, bars = [] }: Plot, colour: string): void {
  const { ctx } = drawn
  ctx.save()
  ctx.strokeStyle = colour
  ctx.lineWidth = 2 * devicePixelRatio
  for (const [i, bar] of bars.entries()) {
    if (!bar) continue
    const x = drawn.valToPos(xs[i] ?? 0, 'x', true)
    const cap = 6 * devicePixelRatio
    ctx.beginPath()
    for (const end of [bar.low, bar.high]) {
      const y = drawn.valToPos(end, 'y', true)
      ctx.moveTo(x - cap, y)
      ctx.lineTo(x + cap, y)
    }
    ctx.moveTo(x, drawn.valToPos(bar.low, 'y', true))
    ctx.lineTo(x, drawn.valToPos(bar.high, 'y', true))
    ctx.stroke()
  }
  ctx.restore()
}

const FEW = 16
const textOf = (value: number | null, show: (value: number) => string) =>
  value === null ? '–' : show(value)

/** A custom property as the canvas takes it: `light-dark()` is resolved by asking an element. */
function colourOf(place: HTMLElement, name: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${name})`
  place.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
