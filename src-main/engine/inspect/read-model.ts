import type { Model } from '../../common/graph/graph.ts'
import { definitionOf } from '../../common/layers/registry.ts'
import type { LayerReadings, Readings } from '../../common/training/readings.ts'
import type { Recipe } from '../../common/training/recipe.ts'
import type { Backend } from '../backends/backend.ts'
import type { tf } from '../backends/tensor-library.ts'
import type { CompiledModel } from '../compile/compile.ts'
import type { Dataset } from '../datasets/reader.ts'
import { makeBatch, splitFor } from '../train/batches.ts'
import { createLoss } from '../train/losses.ts'
import { activationFaults, duplicateFilters, histogramOf } from './readings.ts'

const mostSamples = 128
const fewestSamples = 8
/** Numbers of all outputs together that are looked at. */
const mostOutputs = 16e6

interface ReadOptions {
  readonly backend: Backend
  readonly model: Model
  readonly compiled: CompiledModel
  readonly dataset: Dataset
  readonly recipe: Recipe
}

/** Reads a model as it is now, on a probe set that is the same for every moment of a run. */
export function readModel(options: ReadOptions): Omit<Readings, 'epoch' | 'step'> {
  const { backend, model, compiled, dataset, recipe } = options
  const library = backend.tf
  const { part, positions } = probeSet(options)
  const batch = makeBatch(library, dataset, part, positions)
  // Made before: what is made in a tidy is gone after it.
  const inputs = batch.inputs()
  const outputs = library.tidy(() => {
    const { captured } = compiled.forward(inputs, { capture: new Set(compiled.order) })
    return new Map(
      [...captured].map(([node, value]) => [node, { shape: value.shape, data: value.dataSync() }]),
    ) as never
  }) as unknown as Map<string, { readonly shape: readonly number[]; readonly data: Float32Array }>
  const gradients = gradientSizes(library, compiled, createLoss(library, recipe), batch)
  batch.dispose()
  const exit = compiled.order.at(-1)
  const layers = compiled.order.flatMap((id): LayerReadings[] => {
    const node = model.nodes.find((one) => one.id === id)
    const output = outputs.get(id)
    if (!node || !output) return []
    const kernel = compiled.weights.find((weight) => weight.node === id && /kernel$/i.test(weight.name))
    const weights = kernel ? (kernel.variable.dataSync() as Float32Array) : null
    const channels = output.shape.at(-1) ?? 1
    const faults = id === exit ? [] : activationFaults(output.data, channels, activationOf(node.layer, node.params))
    const known = new Set(faults.map(({ filter }) => filter))
    // Elsewhere the last axis of the kernel is not that of the output.
    const isPlain = kernel?.name === 'kernel' && kernel.shape.at(-1) === channels && node.layer !== 'depthwiseConv2d'
    const duplicates =
      weights && isPlain && id !== exit
        ? duplicateFilters(weights, output.data, channels).filter(({ filter }) => !known.has(filter))
        : []
    return [
      {
        node: id,
        weights: weights && histogramOf(weights),
        activations: histogramOf(output.data),
        filters: [...faults, ...duplicates].sort((one, other) => one.filter - other.filter),
        gradient: gradients.get(id) ?? null,
      },
    ]
  })
  const { validation } = splitFor(dataset, recipe)
  return {
    samples: positions.length,
    part: validation.positions.length === 0 ? 'train' : part === 'test' ? 'test' : 'validation',
    layers,
  }
}

/** So many that all outputs together stay small, spread evenly, for data may be sorted by class. */
function probeSet({ compiled, dataset, recipe }: ReadOptions) {
  const { validation, train } = splitFor(dataset, recipe)
  const { part, positions } =
    validation.positions.length > 0 ? validation : { part: 'train' as const, positions: train }
  const volume = compiled.layersModel.outputs
    .map(({ shape }) => shape.slice(1).reduce((product: number, length) => product * (length ?? 1), 1))
    .reduce((sum, size) => sum + size, 0)
  const most = Math.max(fewestSamples, Math.min(mostSamples, Math.floor(mostOutputs / Math.max(1, volume))))
  const count = Math.min(most, positions.length)
  const at = (index: number) => positions[Math.floor((index * positions.length) / count)] as number
  return { part, positions: Int32Array.from({ length: count }, (_, index) => at(index)) }
}

function activationOf(layer: Model['nodes'][number]['layer'], params: Model['nodes'][number]['params']): string {
  const read = definitionOf(layer).readParams(params)
  return read.ok ? String(read.value['activation'] ?? '') : ''
}

/** By node, as `LayerReadings.gradient` says. */
function gradientSizes(
  library: Backend['tf'],
  compiled: CompiledModel,
  loss: ReturnType<typeof createLoss>,
  batch: ReturnType<typeof makeBatch>,
): ReadonlyMap<string, number> {
  const trainable = compiled.weights.filter((weight) => weight.trainable)
  const units = compiled.outputShape.at(-1) ?? 1
  const squares = new Map<string, number>()
  const [inputs, targets] = [batch.inputs(), batch.targets(units)]
  const { value, grads } = library.variableGrads(
    () => {
      const pass = compiled.forward(inputs)
      const mean = loss.mean((loss.fromLogits ? pass.logits : pass.output) as tf.Tensor2D, targets)
      const penalty = compiled.penalty()
      return penalty === null ? mean : mean.add(penalty)
    },
    trainable.map(({ variable }) => variable),
  )
  for (const { node, variable } of trainable) {
    const gradient = (grads[variable.name] as tf.Tensor).dataSync() as Float32Array
    squares.set(
      node,
      gradient.reduce((sum, one) => sum + one * one, squares.get(node) ?? 0),
    )
  }
  library.dispose([value, ...Object.values(grads)])
  return new Map([...squares].map(([node, sum]) => [node, Math.sqrt(sum)]))
}
