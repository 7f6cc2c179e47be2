import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readGateConfig, type GateConfig } from '../shared/gate/config.ts'
import type { DecideOptions, Examined } from '../shared/gate/decide.ts'
import type { FullParts } from '../shared/gate/full-reader.ts'
import { createFullGate } from '../shared/gate/full.ts'
import { createLiteGate } from '../shared/gate/lite.ts'
import type { GateInput } from '../shared/gate/port.ts'
import { readVocabulary } from '../shared/gate/vocabulary.ts'
import type { Tier } from '../shared/schema/decision.ts'

/** The repository's `models/`; EDGEWISE_MODELS names another folder, such as that of a fresh training. */
export const modelsFolder =
  process.env['EDGEWISE_MODELS'] ?? fileURLToPath(new URL('../models/', import.meta.url))

export type LoadedGate = {
  tier: Tier
  config: GateConfig
  examine: (input: GateInput, options: DecideOptions) => Examined | Promise<Examined>
}

export const hasFull = (folder = modelsFolder): boolean =>
  existsSync(join(folder, 'full/onnx/model_quantized.onnx'))

const now = () => performance.now()

/** Either tier, from the committed files. Throws in plain words when one is missing. */
export async function loadGate(tier: Tier, folder = modelsFolder): Promise<LoadedGate> {
  if (tier === 'full') mustHaveFull(folder)
  const config = loadConfig(tier, folder)
  if (tier === 'lite') {
    return {
      tier,
      config,
      examine: createLiteGate(readBuffer(join(folder, 'lite.bin')), config, now).examine,
    }
  }
  return { tier, config, examine: createFullGate(await loadFullParts(config, folder), now).examine }
}

export function loadConfig(tier: Tier, folder = modelsFolder): GateConfig {
  const config = readGateConfig(readJson(join(folder, 'gate.json')), tier)
  if (!config.ok)
    throw new Error(
      `models/gate.json: ${config.problem.field} should be ${config.problem.expected}`,
    )
  return config.value
}

/** The large tier's files, with onnxruntime's native build: the same files and code as the page's worker. */
export async function loadFullParts(config: GateConfig, folder = modelsFolder): Promise<FullParts> {
  if (!hasFull(folder))
    throw new Error('models/full is missing: see models/README.md for how to make it')
  const { loadTransformer } = await import('../client/gate/transformer.ts')
  return {
    run: await loadTransformer({ models: join(folder, '/') }),
    vocabulary: readVocabulary(readJson(join(folder, 'full/tokenizer.json'))),
    pair: readBuffer(join(folder, 'full/pair.bin')),
    config,
  }
}

function mustHaveFull(folder: string): void {
  if (!hasFull(folder))
    throw new Error('models/full is missing: models/README.md says how to make it')
}

export function readBuffer(path: string): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = readFileSync(path)
  const copy = new ArrayBuffer(byteLength)
  new Uint8Array(copy).set(new Uint8Array(buffer, byteOffset, byteLength))
  return copy
}

export const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))
