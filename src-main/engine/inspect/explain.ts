import type { Explanation } from '../../common/training/explanation.ts'
import { definitionOf } from '../../common/layers/registry.ts'
import type { Model, Shape } from '../../common/graph/graph.ts'
import type { Backend } from '../backends/backend.ts'
import type { TensorLibrary, tf } from '../backends/tensor-library.ts'
import type { CompiledModel, ForwardPass } from '../compile/compile.ts'
import { readScores } from '../train/losses.ts'
import type { ReadOut } from '../train/losses.ts'

/** A model, one sample [1, ...inputShape] and the class that is asked about (null where values are predicted). */
export interface Question {
  readonly backend: Backend
  readonly model: Model
  readonly compiled: CompiledModel
  readonly readOut: ReadOut
  readonly input: tf.Tensor
  readonly target: number | null
}

/** A job that may be cancelled: false when it was. */
export type Breathe = (done: number, total: number) => Promise<boolean>

/**
 * What is explained, for each sample of a pass [batch]: the class's score before its sigmoid or softmax. A single unit
 * speaks for the second class, and with its sign turned for the first.
 */
export function scoreOf(pass: ForwardPass, readOut: ReadOut, target: number | null): tf.Tensor1D {
  const scores = (readOut === 'none' ? pass.output : pass.logits) as tf.Tensor2D
  const units = scores.shape.at(-1) ?? 1
  const unit = scores.slice([0, units === 1 ? 0 : (target ?? 0)], [-1, 1]).reshape<tf.Tensor1D>([-1])
  return units === 1 && target === 0 ? unit.neg() : unit
}

/** The same as people read it: the class's probability, or the value. */
function probabilityOf(pass: ForwardPass, readOut: ReadOut, target: number | null): tf.Tensor1D {
  const read = readScores(readOut, readOut === 'none' ? pass.output : pass.logits) as tf.Tensor2D
  const units = read.shape.at(-1) ?? 1
  const unit = read.slice([0, units === 1 ? 0 : (target ?? 0)], [-1, 1]).reshape<tf.Tensor1D>([-1])
  return units === 1 && target === 0 ? unit.neg().add(1) : unit
}

/**
 * Gradient saliency |∂S/∂x| (Simonyan, Vedaldi, Zisserman 2013): how fast the score changes with each pixel; of several
 * channels the largest, with its sign in `signed`. Values are in scores a unit of the input, which is 0…1 for pictures.
 */
export function saliency({ backend, compiled, readOut, input, target }: Question): Explanation {
  const library = backend.tf
  const shape = compiled.inputShape.length === 1 ? compiled.inputShape : compiled.inputShape.slice(0, -1)
  const channels = compiled.inputShape.length === 1 ? 1 : (compiled.inputShape.at(-1) ?? 1)
  const [gradient, score] = onTheSide(library, () => {
    const { value, grad } = library.valueAndGrad((x: tf.Tensor) => scoreOf(compiled.forward(x), readOut, target).sum())(
      input,
    )
    return [grad, value]
  })
  const count = gradient.length / channels
  const values = new Float32Array(count)
  const signed = new Float32Array(count)
  for (let place = 0; place < count; place++) {
    for (let channel = 0; channel < channels; channel++) {
      const slope = gradient[place * channels + channel] as number
      if (Math.abs(slope) < (values[place] as number)) continue
      values[place] = Math.abs(slope)
      signed[place] = slope
    }
  }
  return { method: 'saliency', target, score: score[0] as number, shape, values, signed, source: null }
}

/** The last convolution whose maps lie on the sample, in the order of the layers; null where there is none. */
export function lastConvolution(model: Model, { order, layersModel, inputShape }: CompiledModel): string | null {
  const isOne = (id: string, index: number) => {
    const layer = model.nodes.find((node) => node.id === id)?.layer
    // Its maps must lie on the sample: [batch, height, width, channels] over a picture, [batch, steps, channels] over a series.
    const rank = layersModel.outputs[index]?.rank ?? 0
    return layer !== undefined && definitionOf(layer).kind === 'convolution' && rank === inputShape.length + 1
  }
  return order.reduce<string | null>((last, id, index) => (isOne(id, index) ? id : last), null)
}

/**
 * Grad-CAM (Selvaraju et al. 2017): L = ReLU(Σ_k α_k A^k), where A^k are the maps of the last convolution and
 * α_k = 1/Z Σ_i Σ_j ∂S/∂A^k_ij is the mean gradient of the class's score over the Z places of map k. Enlarged to the input
 * bilinearly. Along time for a series.
 */
export function gradCam({ backend, compiled, readOut, input, target }: Question, node: string): Explanation {
  const library = backend.tf
  const shape = compiled.inputShape.slice(0, -1)
  let mapShape: Shape = []
  const [cam, score] = onTheSide(library, () => {
    const maps = compiled.forward(input, { capture: new Set([node]) }).captured.get(node) as tf.Tensor
    const { value, grad } = library.valueAndGrad((given: tf.Tensor) =>
      scoreOf(compiled.forward(input, { given: new Map([[node, given]]) }), readOut, target).sum(),
    )(maps)
    mapShape = maps.shape.slice(1, -1)
    const places = mapShape.map((_, axis) => axis + 1)
    const weights = grad.mean(places, true)
    return [maps.mul(weights).sum(-1).relu(), value]
  })
  const values = enlarge(cam, mapShape, shape)
  return {
    method: 'gradCam',
    target,
    score: score[0] as number,
    shape,
    values,
    signed: null,
    source: { node, shape: mapShape, values: cam },
  }
}

/** Grey: the middle of a picture's 0…1. */
const grey = 0.5

/**
 * Occlusion (Zeiler and Fergus 2014): what the class's probability (or the value) loses when a patch of the input is hidden;
 * positive where the patch speaks for it. A patch hides all channels: with grey in a picture, with the sample's mean in a
 * series. A place gets the mean over all patches that cover it. Null where `breathe` said to stop.
 */
export async function occlusion(
  { backend, compiled, readOut, input, target }: Question,
  { patch, stride }: { readonly patch: number; readonly stride: number },
  breathe: Breathe,
): Promise<Explanation | null> {
  const library = backend.tf
  const { inputShape } = compiled
  const isPicture = inputShape.length === 3
  const shape = inputShape.length === 1 ? inputShape : inputShape.slice(0, -1)
  const [height, width] = isPicture ? (shape as [number, number]) : [1, shape[0] as number]
  const channels = inputShape.length === 1 ? 1 : (inputShape.at(-1) as number)
  const sample = Float32Array.from(input.dataSync())
  const mean = sample.reduce((sum, value) => sum + value, 0) / sample.length
  const hidden = isPicture ? grey : mean
  const rows = isPicture ? startsOf(height, patch, stride) : [0]
  const places = rows.flatMap((top) => startsOf(width, patch, stride).map((left) => ({ top, left })))
  const probabilities = (samples: Float32Array, count: number) =>
    onTheSide(library, () => {
      const pass = compiled.forward(library.tensor(samples, [count, ...inputShape]))
      return [probabilityOf(pass, readOut, target)]
    })[0]
  const score = probabilities(sample, 1)[0] as number
  const sums = new Float64Array(height * width)
  const counts = new Uint32Array(height * width)
  const batch = Math.max(1, Math.min(128, Math.floor(2 ** 22 / sample.length)))
  for (let start = 0; start < places.length; start += batch) {
    if (!(await breathe(start, places.length))) return null
    const some = places.slice(start, start + batch)
    const samples = new Float32Array(some.length * sample.length)
    const eachPlace = ({ top, left }: (typeof places)[number], visit: (place: number) => void) => {
      for (let row = top; row < Math.min(height, top + patch); row++)
        for (let column = left; column < Math.min(width, left + patch); column++) visit(row * width + column)
    }
    some.forEach((place, index) => {
      const offset = index * sample.length
      samples.set(sample, offset)
      eachPlace(place, (at) => samples.fill(hidden, offset + at * channels, offset + (at + 1) * channels))
    })
    probabilities(samples, some.length).forEach((probability, index) => {
      eachPlace(some[index] as (typeof places)[number], (at) => {
        sums[at] = (sums[at] as number) + score - probability
        counts[at] = (counts[at] as number) + 1
      })
    })
  }
  const values = Float32Array.from(sums, (sum, at) => sum / Math.max(1, counts[at] as number))
  return { method: 'occlusion', target, score, shape, values, signed: null, source: null }
}

/** Where patches begin along an axis: every `stride`, and one that ends at the edge. */
function startsOf(length: number, patch: number, stride: number): readonly number[] {
  const last = Math.max(0, length - patch)
  // A stride that is longer than the patch would leave places uncovered.
  const step = Math.min(stride, patch)
  return [...Array.from({ length: Math.ceil(last / step) }, (_, index) => index * step), last]
}

/** A plane [height, width] or a line [steps] at another size, linearly between the centres of its cells, as TensorFlow resizes. */
export function enlarge(values: Float32Array, from: Shape, to: Shape): Float32Array {
  const [fromHeight, fromWidth] = from.length === 1 ? [1, from[0] as number] : (from as [number, number])
  const [toHeight, toWidth] = to.length === 1 ? [1, to[0] as number] : (to as [number, number])
  const rows = between(fromHeight, toHeight)
  const columns = between(fromWidth, toWidth)
  const at = (row: number, column: number) => values[row * fromWidth + column] as number
  return Float32Array.from({ length: toHeight * toWidth }, (_, place) => {
    const row = rows[Math.floor(place / toWidth)] as Between
    const column = columns[place % toWidth] as Between
    const above = at(row.low, column.low) * (1 - column.part) + at(row.low, column.high) * column.part
    const below = at(row.high, column.low) * (1 - column.part) + at(row.high, column.high) * column.part
    return above * (1 - row.part) + below * row.part
  })
}

interface Between {
  readonly low: number
  readonly high: number
  readonly part: number
}

function between(from: number, to: number): readonly Between[] {
  return Array.from({ length: to }, (_, index) => {
    const position = Math.min(from - 1, Math.max(0, ((index + 0.5) * from) / to - 0.5))
    const low = Math.floor(position)
    return { low, high: Math.min(from - 1, low + 1), part: position - low }
  })
}

/** The numbers of some tensors, of which none is left. */
function onTheSide<const T extends readonly tf.Tensor[]>(
  library: TensorLibrary,
  compute: () => T,
): { readonly [K in keyof T]: Float32Array<ArrayBuffer> } {
  return library.tidy(
    () => compute().map((tensor) => Float32Array.from(tensor.dataSync())) as unknown as tf.Tensor[],
  ) as never
}
