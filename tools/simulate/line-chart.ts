export type Series = { name: string; points: readonly { x: number; y: number }[] }
export type Panel = { title: string; series: readonly Series[] }
export type Chart = {
  title: string
  xLabel: string
  yLabel: string
  /** The y axis is logarithmic, or goes from 0 to 100 with `yPercent`. */
  xLog: boolean
  yPercent?: boolean
  panels: readonly Panel[]
}

const plot = { width: 330, height: 300, left: 58, top: 62, gap: 210 }
const panelWidth = plot.width + plot.left + plot.gap
const height = plot.top + plot.height + 58

/* One class a series, in order; legible on white and on near-black, told apart without colour by dashes. */
const style = `
text{font:13px system-ui,sans-serif;fill:#1f2328}
.title{font-size:16px;font-weight:600}.small{font-size:12px}
.grid{stroke:#d1d9e0}.axis{stroke:#59636e}
.ground{fill:#ffffff}
.l{fill:none;stroke-width:2.5}
.s0{stroke:#b3261e}.s1{stroke:#9a5b00;stroke-dasharray:7 3}.s2{stroke:#6f3fb5;stroke-dasharray:2 3}.s3{stroke:#0b6bcb}.s4{stroke:#59636e;stroke-dasharray:10 4}
text.s0{fill:#b3261e}text.s1{fill:#9a5b00}text.s2{fill:#6f3fb5}text.s3{fill:#0b6bcb}text.s4{fill:#59636e}
text{stroke:none!important}
@media (prefers-color-scheme:dark){
text{fill:#f0f6fc}.grid{stroke:#3d444d}.axis{stroke:#9198a1}.ground{fill:#0d1117}
.s0{stroke:#ff8a80}.s1{stroke:#f0b429}.s2{stroke:#c4a1ff}.s3{stroke:#58a6ff}.s4{stroke:#9198a1}
text.s0{fill:#ff8a80}text.s1{fill:#f0b429}text.s2{fill:#c4a1ff}text.s3{fill:#58a6ff}text.s4{fill:#9198a1}
}`

type Scale = (value: number) => number

/** Panels side by side with common scales, as one SVG that follows the reader's light or dark mode. */
export function drawCharts({ title, xLabel, yLabel, xLog, yPercent, panels }: Chart): string {
  const points = panels.flatMap(({ series }) => series.flatMap((one) => one.points))
  const xs = points.map(({ x }) => x)
  const ys = points.map(({ y }) => y)
  const bounds = { low: floorStep(Math.min(...ys)), high: ceilStep(Math.max(...ys)) }
  const x = xLog
    ? logScale(Math.min(...xs), Math.max(...xs), plot.width)
    : linearScale(Math.min(...xs), Math.max(...xs), plot.width)
  const up = yPercent
    ? linearScale(0, 100, plot.height)
    : logScale(bounds.low, bounds.high, plot.height)
  const y: Scale = (value) => plot.height - up(value)
  const xTicks = xLog ? [...new Set(xs)] : evenTicks(Math.min(...xs), Math.max(...xs))
  const yTicks = yPercent ? [0, 20, 40, 60, 80, 100] : steps(bounds.low, bounds.high)
  const drawn = panels.map((panel, i) => {
    const left = i * panelWidth + plot.left
    return `<g transform="translate(${left} ${plot.top})">${[
      `<text x="0" y="-12">${escape(panel.title)}</text>`,
      ...yTicks.map((tick) => gridLine(y(tick), tick)),
      ...xTicks.map((tick) => xTick(x(tick), tick)),
      `<line class="axis" x1="0" x2="${plot.width}" y1="${plot.height}" y2="${plot.height}"/>`,
      `<text class="small" x="${plot.width / 2}" y="${plot.height + 42}" text-anchor="middle">${escape(xLabel)}</text>`,
      ...panel.series.map((series, at) => curve(series, at, { x, y })),
      ...labels(panel.series, y),
    ].join('\n')}</g>`
  })
  const width = panels.length * panelWidth
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">
<title>${escape(title)}</title><desc>${escape(describe(panels))}</desc><style>${style}</style>
<rect class="ground" width="100%" height="100%"/>
<text class="title" x="12" y="22">${escape(title)}: ${escape(yLabel)}</text>
${drawn.join('\n')}
</svg>
`
}

const gridLine = (at: number, tick: number): string =>
  `<line class="grid" x1="0" x2="${plot.width}" y1="${round(at)}" y2="${round(at)}"/><text class="small" x="-8" y="${round(at + 4)}" text-anchor="end">${tick.toLocaleString('en-US')}</text>`

const xTick = (at: number, tick: number): string =>
  `<text class="small" x="${round(at)}" y="${plot.height + 20}" text-anchor="middle">${tick.toLocaleString('en-US')}</text>`

function curve({ points }: Series, at: number, { x, y }: { x: Scale; y: Scale }): string {
  const path = points.map((point) => `${round(x(point.x))} ${round(y(point.y))}`).join('L')
  return `<path class="l s${at}" d="M${path}"/>`
}

/** Names at the ends of their lines, moved apart where lines end close together. */
function labels(series: readonly Series[], y: Scale): string[] {
  const ends = series
    .map(({ name, points }, at) => ({ name, at, y: y(points.at(-1)?.y ?? 0) }))
    .toSorted((a, b) => a.y - b.y)
  let last = Number.NEGATIVE_INFINITY
  return ends.map(({ name, at, y: end }) => {
    last = Math.max(end + 4, last + 16)
    return `<text class="small s${at}" x="${plot.width + 8}" y="${round(last)}">${escape(name)}</text>`
  })
}

const round = (value: number): number => Math.round(value * 10) / 10

const linearScale =
  (low: number, high: number, length: number): Scale =>
  (value) =>
    high === low ? length / 2 : ((value - low) / (high - low)) * length

const logScale = (low: number, high: number, length: number): Scale => {
  const linear = linearScale(Math.log(low), Math.log(high), length)
  return (value) => linear(Math.log(Math.max(value, low)))
}

/** 1, 2 and 5 times a power of ten. */
function steps(low: number, high: number): number[] {
  const found: number[] = []
  for (let power = 1; power <= high; power *= 10) {
    found.push(...[power, 2 * power, 5 * power].filter((step) => step >= low && step <= high))
  }
  return found
}
const floorStep = (value: number): number => steps(1, Math.max(1, value)).at(-1) ?? 1
const ceilStep = (value: number): number => steps(value, value * 10)[0] ?? value
function evenTicks(low: number, high: number): number[] {
  const step = high > 100 ? 100 : 4
  const ticks = Array.from({ length: Math.floor(high / step) + 1 }, (_, i) => Math.max(1, i * step))
  return ticks.filter((tick) => tick >= low)
}

const escape = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)

/** First and last value of each line, for who cannot see it. */
const describe = (panels: readonly Panel[]): string =>
  panels
    .flatMap(({ title, series }) => [
      `${title}.`,
      ...series.map(({ name, points }) => {
        const [first, last] = [points[0], points.at(-1)].map((p) => Math.round(p?.y ?? 0))
        return `${name}: from ${first} to ${last}.`
      }),
    ])
    .join(' ')
