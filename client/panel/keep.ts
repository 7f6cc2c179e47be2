/** The focused element inside `place`: moving it in the document would take its focus away. */
export function focusedIn(place: HTMLElement): HTMLElement | undefined {
  const root = place.getRootNode()
  const active = root instanceof ShadowRoot ? root.activeElement : undefined
  return active instanceof HTMLElement && place.contains(active) ? active : undefined
}

/** Gives `list` these children; those that are there already are not moved where their order allows it. */
export function arrange(list: HTMLElement, wanted: readonly HTMLElement[]): void {
  const kept = new Set<Element>(wanted)
  for (const child of Array.from(list.children)) if (!kept.has(child)) child.remove()
  for (const [at, item] of wanted.entries()) {
    const there = list.children[at]
    if (there !== item) list.insertBefore(item, there ?? null)
  }
}

/** The control of `drawn` that `focused` was in what it replaces, or the one that every answer has. */
export function sameControl(drawn: HTMLElement, focused: HTMLElement): HTMLElement | undefined {
  const controls = [...drawn.querySelectorAll<HTMLElement>('summary, button, [tabindex]')]
  return controls.find(({ textContent }) => textContent === focused.textContent) ?? controls[0]
}
