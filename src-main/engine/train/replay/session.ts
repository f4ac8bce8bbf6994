import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dataTypes } from './binding.ts'
import type { TensorflowBackend } from './binding.ts'
import type { Graph, Placeholder } from './graph.ts'

export type FeedValues = Float32Array | Int32Array | Uint8Array

export interface Fetched {
  readonly shape: readonly number[]
  readonly data: Float32Array | Int32Array
}

/** A graph that TensorFlow has loaded, with its variables. */
export interface Session {
  /** Prepares a call: what is fed, in this order, and what is fetched. Its first run is slow, all others are not. */
  readonly prepare: (feeds: readonly string[], fetches: readonly string[]) => (...values: FeedValues[]) => Fetched[]
  readonly close: () => void
}

/** Loads a graph; all of it computes on `device` where one is named. */
export function openSession(native: TensorflowBackend, graph: Graph, device?: string): Session {
  const { binding } = native
  // The binding reads folders only.
  const folder = mkdtempSync(join(tmpdir(), `convas-step-${process.pid}-`))
  let id: number
  try {
    writeFileSync(join(folder, 'saved_model.pb'), graph.encode(device))
    id = binding.loadSavedModel(folder, 'serve,')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return {
    prepare: (feeds, fetches) => {
      const placeholders = feeds.map((name) => {
        const placeholder = graph.placeholders.get(name)
        if (placeholder === undefined) throw new Error(`The graph has no placeholder "${name}".`)
        return placeholder
      })
      const inputNames = `${feeds.map((name) => `${name}:0`).join(',')},`
      const outputNames = `${fetches.map((name) => (name.includes(':') ? name : `${name}:0`)).join(',')},`
      return (...values) => {
        if (values.length !== placeholders.length)
          throw new Error(`${placeholders.length} values were expected. Received: ${values.length}`)
        placeholders.forEach((placeholder, index) => {
          checkFeed(placeholder, values[index] as FeedValues)
        })
        const inputs: number[] = []
        try {
          for (const [index, { shape, dtype }] of placeholders.entries())
            inputs.push(binding.createTensor(shape, dtype, values[index]))
          return binding.runSavedModel(id, inputs, inputNames, outputNames).map((output) => {
            const data = binding.tensorDataSync(output.id) as Float32Array | Int32Array
            binding.deleteTensor(output.id)
            return { shape: output.shape, data }
          })
        } finally {
          for (const input of inputs) binding.deleteTensor(input)
        }
      }
    },
    close: () => {
      binding.deleteSavedModel(id)
    },
  }
}

/** TensorFlow does not check what is fed, and some of its kernels end the process when a shape is wrong. */
function checkFeed({ name, dtype, shape }: Placeholder, values: FeedValues): void {
  const size = shape.reduce((product, length) => product * length, 1)
  const fits =
    dtype === dataTypes.float
      ? values instanceof Float32Array
      : dtype === dataTypes.int32
        ? values instanceof Int32Array
        : values instanceof Uint8Array
  if (!fits || values.length !== size)
    throw new Error(`"${name}" must be fed ${size} values of type ${dtype}. Received: ${values.length}`)
}
