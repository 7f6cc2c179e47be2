import { element } from './element.ts'

export type Switch = { element: HTMLButtonElement; set(on: boolean): void }

/** A switch with a visible label; `describedBy` is the id of what explains it. */
export function createSwitch(
  label: string,
  press: (on: boolean) => void,
  describedBy?: string,
): Switch {
  const made = element(
    'button',
    {
      part: 'switch',
      attributes: {
        type: 'button',
        role: 'switch',
        'aria-checked': 'false',
        ...(describedBy ? { 'aria-describedby': describedBy } : {}),
      },
      on: { click: () => press(made.getAttribute('aria-checked') !== 'true') },
    },
    element('span', { text: label, part: 'switch-label' }),
    element('span', { part: 'switch-track', attributes: { 'aria-hidden': 'true' } }),
  )
  return { element: made, set: (on) => made.setAttribute('aria-checked', String(on)) }
}
