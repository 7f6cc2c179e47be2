import { ok, type Result } from '../../shared/problem.ts'
import type { Provider } from '../ports.ts'
import type { Admit, Call } from './admit.ts'
import { keptHeaders } from './respond.ts'

export type ListModels = (
  request: Request,
  options: { call: Call; path: string },
) => Promise<Result<Response>>

/** The provider's models, or the one that `path` names, as the provider lists them. */
export function createListModels({
  admit,
  provider,
}: {
  admit: Admit
  provider: Provider
}): ListModels {
  return async function listModels(request, { call, path }) {
    const admitted = await admit(request, call)
    if (!admitted.ok) return admitted
    const { headers, signal } = request
    const { providerKey } = admitted.value
    const own = providerKey === undefined ? {} : { key: providerKey }
    const listed = await provider.models({ headers, signal, path, ...own })
    if (!listed.ok) return listed
    const { status, body } = listed.value
    return ok(new Response(body, { status, headers: keptHeaders(listed.value.headers) }))
  }
}
