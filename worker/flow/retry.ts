import type { Delivery } from '../learning-ports.ts'

const RETRY = 10
const RETRY_MOST = 600

/** Seconds before a failed delivery comes again, doubled each time: five of them last over five minutes. */
export const later = (delivery: Delivery): void =>
  delivery.retry({ delaySeconds: Math.min(RETRY_MOST, RETRY * 2 ** (delivery.attempts - 1)) })
