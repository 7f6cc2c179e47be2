/** Whether the browser sends Global Privacy Control (w3c.github.io/gpc), which is not in every browser's types. */
export function sendsGlobalPrivacyControl(): boolean {
  const { navigator } = globalThis
  return typeof navigator === 'object' && Reflect.get(navigator, 'globalPrivacyControl') === true
}
