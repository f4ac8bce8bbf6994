import type { Shape } from '../graph/graph.ts'
import type { Activation } from './shared-params.ts'
import type { SlidingWindow } from './window-shapes.ts'
import { sizeOf, slidLength } from './window-shapes.ts'

/** Where a layer stands in a PyTorch module. Shapes are Convas's: without the batch axis, channels last. */
export interface TorchContext {
  /** The attribute of its first submodule, without `self.`. */
  readonly name: string
  readonly inputs: readonly Shape[]
  readonly output: Shape
}

/** A weight of Convas and the tensor of PyTorch that takes it. */
export interface TorchWeight {
  /** Convas's name of it, such as "kernel". */
  readonly ours: string
  /** Such as "c1.weight". */
  readonly theirs: string
  /** The order of our axes that PyTorch has. */
  readonly order?: readonly number[]
  /** What it becomes after that, where axes are joined. */
  readonly shape?: Shape
  /** How many inputs and outputs a kernel connects, by Keras's rule; absent where it starts with zeros or ones. */
  readonly fans?: readonly [inputs: number, outputs: number]
}

/**
 * A layer in PyTorch. Tensors between layers have the channels on axis 1: [batch, channels, height, width],
 * [batch, channels, steps] or [batch, units].
 */
export interface TorchLayer {
  /** Submodules by attribute, as constructor calls. */
  readonly modules?: Readonly<Record<string, string>>
  /** An expression of its inputs, which are expressions too. */
  readonly call: (inputs: readonly string[]) => string
  readonly weights?: readonly TorchWeight[]
}

/** A tuple of Python; one number stays one. */
export function pythonTuple(values: readonly number[]): string {
  return values.length === 1 ? String(values[0]) : `(${values.join(', ')})`
}

export function torchActivation(activation: Activation, x: string): string {
  switch (activation) {
    case 'linear':
      return x
    case 'relu':
    case 'relu6':
    case 'elu':
    case 'selu':
    case 'softplus':
    case 'softsign':
      return `F.${activation}(${x})`
    case 'tanh':
    case 'sigmoid':
      return `torch.${activation}(${x})`
    case 'hardSigmoid':
      return `torch.clamp(0.2 * ${x} + 0.5, 0, 1)`
    case 'softmax':
      return `F.softmax(${x}, dim=1)`
    case 'swish':
      return `F.silu(${x})`
  }
}

interface Pads {
  /** Before and after, by axis. */
  readonly pads: readonly (readonly [number, number])[]
  readonly isNone: boolean
}

/** What TensorFlow's padding puts around an input: where it cannot be halved, one more after than before. */
function padsOf(window: SlidingWindow, input: Shape): Pads {
  const pads = window.size.map((size, axis) => {
    if (window.padding === 'valid') return [0, 0] as const
    const stride = window.strides[axis] ?? 1
    const length = input[axis] ?? 1
    const reach = (size - 1) * (window.dilation[axis] ?? 1) + 1
    const total = Math.max(0, (slidLength(length, size, stride, 'same') - 1) * stride + reach - length)
    return [Math.floor(total / 2), Math.ceil(total / 2)] as const
  })
  return { pads, isNone: pads.every(([before, after]) => before === 0 && after === 0) }
}

/** F.pad takes the last axis first. */
function padded(x: string, { pads, isNone }: Pads, value = ''): string {
  return isNone ? x : `F.pad(${x}, (${[...pads].reverse().flat().join(', ')})${value})`
}

interface TorchConvolution {
  readonly window: SlidingWindow
  readonly filters: number
  readonly groups?: number
  readonly bias: boolean
  readonly attribute: string
}

/** A convolution as a submodule and its call on padded inputs. */
export function torchConvolution(
  { window, filters, groups = 1, bias, attribute }: TorchConvolution,
  input: Shape,
): { readonly module: string; readonly call: (x: string) => string } {
  const pads = padsOf(window, input)
  const settings = [
    String(input.at(-1)),
    String(filters),
    pythonTuple(window.size),
    ...(window.strides.some((stride) => stride !== 1) ? [`stride=${pythonTuple(window.strides)}`] : []),
    ...(window.dilation.some((rate) => rate !== 1) ? [`dilation=${pythonTuple(window.dilation)}`] : []),
    ...(groups === 1 ? [] : [`groups=${groups}`]),
    ...(bias ? [] : ['bias=False']),
  ]
  return {
    module: `nn.Conv${window.size.length}d(${settings.join(', ')})`,
    call: (x) => `self.${attribute}(${padded(x, pads)})`,
  }
}

/**
 * A convolution with its activation, weights and bias. `groups` is the number of input channels where each has kernels of
 * its own, else 1; a kernel of `ours` has its axes in `order`, and `shape` after that where some are joined.
 */
export function torchConvolutionLayer(
  { name, inputs: [input = []] }: TorchContext,
  {
    window,
    filters,
    groups = 1,
    bias,
    activation,
    ...kernel
  }: Omit<TorchConvolution, 'attribute'> & {
    readonly activation: Activation
  } & Pick<TorchWeight, 'ours' | 'order' | 'shape'>,
): TorchLayer {
  const { module, call } = torchConvolution({ window, filters, groups, bias, attribute: name }, input)
  const reach = sizeOf(window.size)
  return {
    modules: { [name]: module },
    call: ([x = '']) => torchActivation(activation, call(x)),
    weights: [
      { ...kernel, theirs: `${name}.weight`, fans: [reach * (input.at(-1) ?? 1), (reach * filters) / groups] },
      ...(bias ? [{ ours: 'bias', theirs: `${name}.bias` }] : []),
    ],
  }
}

/** A pooling call; padding counts neither as a maximum nor in a mean, as in TensorFlow. */
export function torchPooling(kind: 'max' | 'avg', window: SlidingWindow, input: Shape): TorchLayer {
  const pads = padsOf(window, input)
  const pool = (x: string) =>
    `F.${kind}_pool${window.size.length}d(${x}, ${pythonTuple(window.size)}, ${pythonTuple(window.strides)})`
  return {
    call: ([x = '']) => {
      if (kind === 'max') return pool(padded(x, pads, ', value=float("-inf")'))
      return pads.isNone ? pool(x) : `${pool(padded(x, pads))} / ${pool(padded(`torch.ones_like(${x})`, pads))}`
    },
  }
}

/** Applies something to a tensor whose channels are last, as Convas has them, and puts them back. */
export function withChannelsLast(x: string, inner: (x: string) => string, ranks: { from: number; to: number }): string {
  const last = ranks.from > 1 ? `${x}.movedim(1, -1)` : x
  return ranks.to > 1 ? `${inner(last)}.movedim(-1, 1)` : inner(last)
}
