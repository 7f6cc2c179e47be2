/** The closed list of what can go wrong on our own account. A provider's own errors pass through as given. */
export const problems = {
  bad_request: { status: 400, title: 'The request is not valid' },
  bad_json: { status: 400, title: 'The body is not valid JSON' },
  bad_context: { status: 400, title: 'The Edgewise-Context header is not valid' },
  wrong_content_type: { status: 415, title: 'The body must be application/json' },
  body_too_large: { status: 413, title: 'The body is too large' },
  token_missing: { status: 401, title: 'An app token is needed' },
  token_invalid: { status: 401, title: 'The app token is not valid' },
  token_expired: { status: 401, title: 'The app token has expired' },
  provider_key_in_browser: { status: 401, title: 'A provider key must never be sent from a page' },
  no_keys_configured: {
    status: 503,
    title: 'This deployment has no key to verify app tokens with',
  },
  no_secrets_configured: { status: 503, title: 'This deployment has no storage secrets' },
  origin_not_allowed: { status: 403, title: 'This origin is not allowed by the organisation' },
  forbidden: { status: 403, title: 'The token does not allow this' },
  org_disabled: { status: 403, title: 'The organisation is switched off' },
  model_not_allowed: { status: 403, title: 'The organisation does not allow this model' },
  allowance_spent: { status: 402, title: 'The token allowance of today is spent' },
  rate_limited: { status: 429, title: 'Too many requests' },
  not_found: { status: 404, title: 'There is nothing here' },
  fact_not_found: { status: 404, title: 'There is no such fact' },
  revision_conflict: { status: 412, title: 'The record has been changed since it was read' },
  revision_missing: { status: 428, title: 'Say which revision of the record is to be changed' },
  method_not_allowed: { status: 405, title: 'This method is not allowed here' },
  fact_rejected: { status: 422, title: 'This cannot be kept as a fact' },
  too_many_pins: { status: 409, title: 'No more facts can be pinned' },
  no_provider_for_dialect: { status: 501, title: 'No provider is configured for this dialect' },
  provider_unreachable: { status: 502, title: 'The provider could not be reached' },
  storage_unavailable: { status: 503, title: 'Storage is not available just now' },
  edge_unreachable: { status: 504, title: 'Edgewise could not be reached' },
  internal: { status: 500, title: 'Edgewise failed' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof problems

/** `field` names what was wrong (a path such as `facts[2].text` or a header), `expected` what would be right. */
export type Problem = {
  code: ProblemCode
  detail?: string
  field?: string
  expected?: string
  retryAfter?: number
}

export type Result<T> = { ok: true; value: T } | { ok: false; problem: Problem }
export const ok = <T>(value: T): Result<T> => ({ ok: true, value })
export const fail = (code: ProblemCode, rest: Omit<Problem, 'code'> = {}): Result<never> => ({
  ok: false,
  problem: { code, ...rest },
})
