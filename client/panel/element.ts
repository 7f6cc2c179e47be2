type Child = Node | string

type Options = {
  text?: string
  part?: string
  attributes?: Readonly<Record<string, string>>
  on?: Readonly<Record<string, (event: Event) => void>>
}

/** An element with its text (never markup), attributes, listeners and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  options: Options = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const { text, part, attributes = {}, on = {} } = options
  const made = document.createElement(tag)
  if (part) made.setAttribute('part', part)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  for (const [name, listener] of Object.entries(on)) made.addEventListener(name, listener)
  if (text !== undefined) made.textContent = text
  made.append(...children)
  return made
}

/** A button with a visible label. `part` names its looks: `button` and what is added. */
export function button(label: string, press: () => void, part = ''): HTMLButtonElement {
  return element('button', {
    text: label,
    part: `button ${part}`.trim(),
    attributes: { type: 'button' },
    on: { click: press },
  })
}

const svg = 'http://www.w3.org/2000/svg'

/** Outlines on a grid of 16 by 16. */
const icons = {
  pin: 'M6 2h4l-.5 4.5L12 9v1H4V9l2.500-2.500L6 2zM8 10v4',
  edit: 'M3 13l.7-2.900 7.300-7.300a1 1 0 0 1 1.400 0l.8.8a1 1 0 0 1 0 1.400L5.900 12.300 3 13z',
  remove: 'M3.500 4.500h9M6.500 4.500V3h3v1.500M4.700 4.500l.6 8.500h5.400l.6-8.500',
} as const

/** A button that shows an outline; `label` is what it is called. */
export function iconButton(
  icon: keyof typeof icons,
  label: string,
  press: () => void,
): HTMLButtonElement {
  const image = document.createElementNS(svg, 'svg')
  image.setAttribute('viewBox', '0 0 16 16')
  image.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(svg, 'path')
  path.setAttribute('d', icons[icon])
  image.append(path)
  return element(
    'button',
    {
      part: 'icon-button',
      attributes: { type: 'button', title: label, 'aria-label': label },
      on: { click: press },
    },
    image,
  )
}
