import type { EdgewiseOptions } from './types.ts'

/** What the edge takes for the name of a feature. Other text would not even stand in a header. */
const LABEL = /^[\w.:-]{1,64}$/

type Placed = Pick<EdgewiseOptions, 'feature' | 'mode'>

/** Where in the app an instance asks, and how readily it attaches context; each left out where nothing is said. */
export function placedIn({ feature = '', mode }: Placed): Placed {
  return { ...(LABEL.test(feature) ? { feature } : {}), ...(mode ? { mode } : {}) }
}
