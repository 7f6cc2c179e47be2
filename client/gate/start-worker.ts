/** What the page's Trusted Types offer; browsers without them have none. */
type TrustedTypes = {
  createPolicy: (
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ) => { createScriptURL: (url: string) => string }
}

/**
 * Starts a module worker from `url`. One from another origin goes through a blob that imports it, which
 * the page's policy must allow (`worker-src blob:`). Throws where the browser or the policy refuses.
 */
export function startWorker(url: URL): Worker {
  if (url.origin === location.origin) return new Worker(trusted(url.href), { type: 'module' })
  const source = new Blob([`import ${JSON.stringify(url.href)}`], { type: 'text/javascript' })
  const address = URL.createObjectURL(source)
  const worker = new Worker(trusted(address), { type: 'module' })
  worker.addEventListener('message', () => URL.revokeObjectURL(address), { once: true })
  return worker
}

/** One policy, named `edgewise`, for this one address. A page may allow it in its `trusted-types`. */
function trusted(address: string): string {
  const types: TrustedTypes | undefined = Reflect.get(globalThis, 'trustedTypes')
  if (!types) return address
  const rules = {
    createScriptURL(url: string) {
      if (url !== address) throw new TypeError('not the address of the gate')
      return url
    },
  }
  return types.createPolicy('edgewise', rules).createScriptURL(address)
}
