import { fail } from '../../shared/problem.ts'
import type { Provider } from '../ports.ts'

/** Stands where the configuration names no usable provider, and says why. */
export function noProvider(detail: string): Provider {
  const refuse = async () => fail('no_provider_for_dialect', { detail })
  return { name: 'none', parts: true, chat: refuse, models: refuse }
}
