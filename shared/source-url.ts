import type { Org } from './schema/org.ts'
import type { ContextSource } from './schema/source.ts'

/** Parts of an address, as far as they matter here. Without `URL`: shared code knows no platform. */
const address = /^(https?):\/\/([^/?#\s@:[\]]+)(?::\d{1,5})?(?:\/[^\s#]*)?(?:\?[^\s#]*)?$/

/** Host of a source's address, in small letters; `undefined` where it is no plain address. */
export const hostOf = (url: string): string | undefined => address.exec(url)?.[2]?.toLowerCase()

const isLoopback = (host: string) => host === 'localhost' || host === '127.0.0.1'
/** A name with a dot, never an address in numbers: those would reach what has no name outside. */
const isPublicName = (host: string) =>
  /^(?=.{4,253}$)([a-z0-9-]{1,63}\.)+[a-z][a-z0-9-]{1,62}$/.test(host)

/** Sources are asked over TLS, by name; in development a server of this machine will do. */
export function isSourceUrl(url: string, { development }: { development: boolean }): boolean {
  const host = hostOf(url)
  if (host === undefined) return false
  if (development && isLoopback(host)) return true
  return url.startsWith('https://') && isPublicName(host)
}

/** Whether whoever runs the deployment lets this org ask there. */
export const isAllowedSource = (
  { url, binding }: ContextSource,
  { sourceHosts = [], sourceBindings = [] }: Org,
): boolean =>
  binding === undefined
    ? sourceHosts.some((host) => host.toLowerCase() === hostOf(url ?? ''))
    : sourceBindings.includes(binding)
