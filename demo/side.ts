/** Where there is room, a side stands beside the chat; elsewhere it covers the page until it is closed. */
export function createSide(
  dialog: HTMLDialogElement,
  { toggle, wide }: { toggle: HTMLButtonElement; wide: MediaQueryList },
) {
  const tell = () => toggle.setAttribute('aria-expanded', String(dialog.open))

  function open(): void {
    if (dialog.open) return
    // `show()` would move the focus into the side; beside the chat nobody asked for that.
    if (wide.matches) dialog.open = true
    else dialog.showModal()
    tell()
  }
  function close(): void {
    dialog.close()
    tell()
  }

  toggle.addEventListener('click', () => (dialog.open ? close() : open()))
  dialog.addEventListener('close', tell)
  dialog.addEventListener('click', ({ target }) => {
    const pressed = target instanceof Element && target.closest('[data-close]')
    // Outside of its content a modal dialog is its own backdrop.
    if (pressed || (target === dialog && !wide.matches)) close()
  })
  // A side changes between beside and above when the window does.
  wide.addEventListener('change', () => {
    dialog.close()
    if (wide.matches) open()
    tell()
  })
  if (wide.matches) open()
  tell()
  return { open }
}
