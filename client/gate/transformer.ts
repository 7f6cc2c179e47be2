import { AutoModel, env, Tensor } from '@xenova/transformers'
import type { EncoderOutput, RunEncoder } from '../../shared/gate/full-reader.ts'

export type TransformerOptions = {
  /** Folder of `full/` (an address, or a path in Node), with a slash at its end. */
  models: string
  /** Folder of the WebAssembly runtime; not needed in Node. */
  wasm?: string
  /** Where files are kept between visits. */
  cache?: Pick<Cache, 'match' | 'put'>
  onProgress?: (progress: { loaded: number; total: number }) => void
}

/**
 * Loads the large tier's graph (int8) with onnxruntime: WebAssembly in a worker, native in Node. Nothing
 * is fetched from anywhere but `models` and `wasm`. Rejects when a file is missing or the runtime refuses.
 */
export async function loadTransformer(options: TransformerOptions): Promise<RunEncoder> {
  env.allowRemoteModels = false
  env.allowLocalModels = true
  env.localModelPath = options.models
  env.useBrowserCache = false
  env.useFSCache = false
  env.useCustomCache = options.cache !== undefined
  if (options.cache) env.customCache = options.cache
  const { wasm } = env.backends.onnx
  if (options.wasm !== undefined && wasm) {
    wasm.wasmPaths = options.wasm
    // More need a page that is isolated from all others, which few are.
    wasm.numThreads = 1
  }
  const model = await AutoModel.from_pretrained('full', {
    quantized: true,
    local_files_only: true,
    progress_callback: (event: {
      status: string
      file?: string
      loaded?: number
      total?: number
    }) => {
      if (event.status === 'progress' && event.file?.endsWith('.onnx'))
        options.onProgress?.({ loaded: event.loaded ?? 0, total: event.total ?? 0 })
    },
  })
  return async ({ rows, width, ids, mask, types }) => {
    const tensor = (data: BigInt64Array) => new Tensor('int64', data, [rows, width])
    const output: unknown = await model({
      input_ids: tensor(ids),
      attention_mask: tensor(mask),
      token_type_ids: tensor(types),
    })
    return {
      heads: floats(output, 'heads'),
      vector: floats(output, 'vector'),
      tokens: floats(output, 'tokens'),
    }
  }
}

function floats(output: unknown, name: keyof EncoderOutput): Float32Array {
  const tensor: unknown =
    typeof output === 'object' && output !== null ? Reflect.get(output, name) : undefined
  const data: unknown =
    typeof tensor === 'object' && tensor !== null ? Reflect.get(tensor, 'data') : undefined
  if (data instanceof Float32Array) return data
  throw new Error(`the graph has no output ${name}`)
}
