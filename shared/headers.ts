/** Names of the headers on the wire. */
export const headers = {
  context: 'Edgewise-Context',
  feature: 'Edgewise-Feature',
  token: 'Edgewise-Token',
  receipt: 'Edgewise-Receipt',
} as const
