import { limits } from '../../shared/limits.ts'

/** Why this device should not load the large gate (tens of megabytes), or undefined. */
export function obstacle(): string | undefined {
  const device: Navigator & { connection?: { saveData?: boolean }; deviceMemory?: number } =
    navigator
  if (device.connection?.saveData === true) return 'the user saves data'
  if ((device.deviceMemory ?? limits.fullMemory) < limits.fullMemory)
    return 'the device has little memory'
  if (typeof WebAssembly === 'undefined') return 'the browser has no WebAssembly'
  if (typeof Worker === 'undefined') return 'the browser has no workers'
  return undefined
}
