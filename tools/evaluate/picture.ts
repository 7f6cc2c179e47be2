import { curve, type Sample } from './metrics.ts'

type Line = { name: string; samples: readonly Sample[] }
export type Panel = { title: string; lines: readonly Line[] }

const colours = ['#0b6bcb', '#c2410c', '#6b7280', '#15803d', '#9333ea']
const size = 320
const gap = 60

/** Precision against recall, one panel a question, as an SVG text. */
export function drawCurves(panels: readonly Panel[]): string {
  const width = panels.length * (size + gap) + gap
  const height = size + 130
  const drawn = panels.map((panel, i) => drawPanel(panel, gap + i * (size + gap)))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n')
}

function drawPanel({ title, lines }: Panel, left: number): string {
  const top = 40
  const x = (recall: number) => (left + recall * size).toFixed(1)
  const y = (precision: number) => (top + (1 - precision) * size).toFixed(1)
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (at) =>
      `<path d="M${x(0)} ${y(at)}H${x(1)}M${x(at)} ${y(0)}V${y(1)}" stroke="#e5e7eb" fill="none"/>` +
      `<text x="${left - 8}" y="${y(at)}" text-anchor="end" dy="4" fill="#6b7280">${at}</text>` +
      `<text x="${x(at)}" y="${top + size + 18}" text-anchor="middle" fill="#6b7280">${at}</text>`,
  )
  const paths = lines.map(({ samples }, i) => {
    const points = curve(samples).map(([recall, precision]) => `${x(recall)} ${y(precision)}`)
    return `<path d="M${points.join('L')}" fill="none" stroke="${colours[i % colours.length]}" stroke-width="2"/>`
  })
  const names = lines.map(
    ({ name }, i) =>
      `<text x="${left + i * 80}" y="${top + size + 64}" fill="${colours[i % colours.length]}">${name}</text>`,
  )
  return [
    `<text x="${left}" y="22" font-weight="600">${title}</text>`,
    ...grid,
    ...paths,
    `<text x="${left + size / 2}" y="${top + size + 38}" text-anchor="middle" fill="#374151">recall (vertical: precision)</text>`,
    ...names,
  ].join('\n')
}
