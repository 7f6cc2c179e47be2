import { ok, type Result } from '../../shared/problem.ts'
import type { Provider, ProviderFamily } from '../ports.ts'
import type { Admit, Call } from './admit.ts'
import { keptHeaders } from './respond.ts'

export type ListModels = (
  request: Request,
  options: { call: Call; path: string },
) => Promise<Result<Response>>

/** The provider's models, or the one that `path` names, as the provider lists them. */
export function createListModels({
  admit,
  providers,
}: {
  admit: Admit
  providers: Record<ProviderFamily, Provider>
}): ListModels {
  return async function listModels(request, { call, path }) {
    const admitted = await admit(request, call)
    if (!admitted.ok) return admitted
    const { headers, signal } = request
    const { providerKey } = admitted.value
    const own = providerKey === undefined ? {} : { key: providerKey }
    // Both list their models under one path; only one of them has this header.
    const isAnthropic = headers.has('anthropic-version')
    const listed = isAnthropic
      ? await providers.anthropic.models({
          headers,
          signal,
          path,
          search: new URL(request.url).search,
          ...own,
        })
      : await providers.openai.models({ headers, signal, path, ...own })
    if (!listed.ok) return listed
    const { status, body } = listed.value
    return ok(new Response(body, { status, headers: keptHeaders(listed.value.headers) }))
  }
}
