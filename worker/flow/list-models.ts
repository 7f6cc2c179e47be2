import { fail, ok, type Result } from '../../shared/problem.ts'
import type { Provider, ProviderFamily } from '../ports.ts'
import type { Admit, Call } from './admit.ts'
import { keptHeaders } from './respond.ts'

export type ListModels = (request: Request, call: Call) => Promise<Result<Response>>

const LIST = '/v1/models'

/** The provider's models, or the one that the address names, as the provider lists them. */
export function createListModels({
  admit,
  providers,
}: {
  admit: Admit
  providers: Record<ProviderFamily, Provider>
}): ListModels {
  return async function listModels(request, call) {
    const path = nameIn(request.url)
    if (path === undefined) return fail('not_found')
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

/**
 * What stands behind the list's own address, with the slash. Never decoded: a `%5C..` that was would lead
 * to another address of the provider, with our key. Steps upwards are none here, however often encoded.
 */
function nameIn(url: string): string | undefined {
  const { pathname } = new URL(url)
  if (!pathname.startsWith(LIST)) return undefined
  const name = pathname.slice(LIST.length)
  const plain = name.replace(/%(25)*2e/gi, '.').replace(/%(25)*(2f|5c)/gi, '/')
  return plain.split('/').some((part) => part === '.' || part === '..') ? undefined : name
}
