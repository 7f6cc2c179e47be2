import { describe, expect, it } from 'vitest'
import { readGateConfig } from '../../shared/gate/config.ts'
import { createLiteGate } from '../../shared/gate/lite.ts'
import { readWeights } from '../../shared/gate/weights.ts'
import { gateConfig, readModel, readText } from './models.ts'

const now = () => 0
const bytes = (text: string) => new TextEncoder().encode(text).buffer

describe('weights that are not ours', () => {
  it('are refused in words', () => {
    const config = gateConfig('lite')
    expect(() => createLiteGate(new ArrayBuffer(0), config, now)).toThrow('not a weights file')
    expect(() => createLiteGate(bytes('<!doctype html><title>404'), config, now)).toThrow('EWM1')
    expect(() => createLiteGate(readModel('disclosure.bin'), config, now)).toThrow('disclosure')
    expect(() => readWeights(readModel('lite.bin')).tensor('nothing')).toThrow('lacks nothing')
  })
})

const committed = (): Record<string, unknown> => JSON.parse(readText('gate.json'))
const fault = (value: unknown) => {
  const result = readGateConfig(value, 'lite')
  return result.ok ? undefined : result.problem.field
}

describe('gate.json', () => {
  it('as committed serves both tiers', () => {
    expect(readGateConfig(committed(), 'lite').ok).toBe(true)
    expect(readGateConfig(committed(), 'full').ok).toBe(true)
  })
  it('says what is wrong with another', () => {
    expect(fault(undefined)).toBe('categories')
    expect(fault({ ...committed(), clip: {} })).toBe('clip.request')
    expect(fault({ ...committed(), language: { words: {} } })).toBe('language.scripts')
    expect(fault({ ...committed(), tiers: {} })).toBe('tiers.lite')
    expect(fault({ ...committed(), tiers: { lite: { calibration: {} } } })).toBe(
      'tiers.lite.calibration.profile',
    )
  })
  it.each([undefined, 0, null, '0.1'])('of an older version, with half %s, is refused', (half) => {
    const { tiers, ...rest } = gateConfig('lite')
    expect(fault({ ...rest, tiers: { lite: { ...tiers.lite, half } } })).toBe('tiers.lite.half')
  })
  it('has a threshold of facts in every language and mode', () => {
    for (const tier of ['lite', 'full'] as const) {
      const { cautious, balanced, generous } = gateConfig(tier).tiers[tier]?.thresholds ?? {}
      const all = [cautious, balanced, generous].flatMap((mode) => Object.values(mode ?? {}))
      expect(all.length).toBeGreaterThan(10)
      for (const thresholds of all) expect(thresholds?.fact).toBeGreaterThan(0.01)
    }
  })
  it('and lite.bin fit a page: 1.5 MB at most', () => {
    expect(readModel('lite.bin').byteLength).toBeLessThanOrEqual(1.5 * 1024 * 1024)
  })
})
