/** Names of the headers on the wire. */
export const headers = {
  context: 'Edgewise-Context',
  feature: 'Edgewise-Feature',
  token: 'Edgewise-Token',
  receipt: 'Edgewise-Receipt',
  /** Chooses an arm, to try it out. */
  arm: 'Edgewise-Arm',
} as const
