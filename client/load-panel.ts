/** Registers `<edgewise-panel>` and `<edgewise-receipt>`. Their code is fetched when this is called. */
export async function loadPanel(): Promise<void> {
  await import('./panel/define.ts')
}
