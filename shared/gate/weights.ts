import { decodeUtf8 } from './utf8.ts'

/** A matrix, row major, or a vector (one column); dequantised. */
export type Tensor = { rows: number; columns: number; data: Float32Array }

/** What a container of models/FORMAT.md, section 1, holds. The lookups throw for a name that is not there. */
export type Weights = {
  kind: string
  version: string
  number: (name: string) => number
  numbers: (name: string) => number[]
  tensor: (name: string) => Tensor
  text: (name: string) => string
}

type Entry = { name: string; type: string; shape: number[]; offset: number }
type Header = { kind: string; version: string; config: Record<string, unknown>; tensors: Entry[] }

const up = (value: number) => Math.ceil(value / 8) * 8

const isHeader = (value: unknown): value is Header =>
  typeof value === 'object' &&
  value !== null &&
  'tensors' in value &&
  Array.isArray(value.tensors) &&
  'config' in value

const numbersIn = (value: unknown): number[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'number') : []

/** Reads a weights file. Throws when the bytes are not one: the file belongs to the build. */
export function readWeights(buffer: ArrayBuffer): Weights {
  const bytes = new Uint8Array(buffer)
  if (bytes.length < 8 || decodeUtf8(bytes.subarray(0, 4)) !== 'EWM1')
    throw new Error('not a weights file: it does not begin with EWM1')
  const headerLength = new DataView(buffer).getUint32(4, true)
  const header: unknown = JSON.parse(decodeUtf8(bytes.subarray(8, 8 + headerLength)))
  if (!isHeader(header)) throw new Error('not a weights file: its header names no tensors')
  const entries = new Map(header.tensors.map((entry) => [entry.name, entry]))
  const find = (name: string): Entry => {
    const entry = entries.get(name)
    if (!entry) throw new Error(`the weights file of kind ${header.kind} lacks ${name}`)
    return entry
  }
  return {
    kind: header.kind,
    version: header.version,
    number: (name) => Number(header.config[name] ?? 0),
    numbers: (name) => numbersIn(header.config[name]),
    tensor: (name) => readTensor(bytes.subarray(8 + headerLength), find(name)),
    text: (name) => {
      const { offset, shape } = find(name)
      return decodeUtf8(bytes.subarray(8 + headerLength + offset).subarray(0, shape[0]))
    },
  }
}

function readTensor(body: Uint8Array, entry: Entry): Tensor {
  const [rows = 0, columns = 1] = entry.shape
  const data = new Float32Array(rows * columns)
  const blob = body.subarray(entry.offset)
  if (entry.type === 'f32') data.set(floats(blob, rows * columns))
  else if (entry.type === 'i8') readBytes(blob, { rows, columns, data })
  else if (entry.type === 'i4') readNibbles(blob, { rows, columns, data })
  else throw new Error(`the weights file has a tensor of unknown type ${entry.type}`)
  return { rows, columns, data }
}

const floats = (blob: Uint8Array, count: number) =>
  new Float32Array(blob.buffer, blob.byteOffset, count)

function readBytes(blob: Uint8Array, { rows, columns, data }: Tensor) {
  const scales = floats(blob, rows)
  const values = new Int8Array(blob.buffer, blob.byteOffset + 4 * rows, rows * columns)
  for (let r = 0; r < rows; r++) {
    const scale = scales[r] ?? 0
    for (let c = 0; c < columns; c++) data[r * columns + c] = scale * (values[r * columns + c] ?? 0)
  }
}

function readNibbles(blob: Uint8Array, { rows, columns, data }: Tensor) {
  const stride = Math.ceil(columns / 2)
  const start = up(rows)
  for (let r = 0; r < rows; r++) {
    const scale = 2 ** (((blob[r] ?? 0) - 160) / 8)
    for (let c = 0; c < columns; c++) {
      const byte = blob[start + r * stride + (c >> 1)] ?? 0
      data[r * columns + c] = scale * (((c & 1) === 0 ? byte & 15 : byte >> 4) - 8)
    }
  }
}
