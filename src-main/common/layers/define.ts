import type * as tf from '@tensorflow/tfjs'
import type { Params, ParamValue, Shape } from '../graph/graph.ts'
import type { CellRule } from './cells/cell.ts'
import type { KerasForm } from './keras.ts'
import type { ParamKind } from './params.ts'
import type { Text } from './text.ts'
import type { TorchContext, TorchLayer } from './torch.ts'

/** What colours a node and groups the palette. */
export const layerKinds = [
  'input',
  'convolution',
  'pooling',
  'reshape',
  'dense',
  'activation',
  'regularisation',
  'merge',
] as const
export type LayerKind = (typeof layerKinds)[number]

export type ParamKinds = Readonly<Record<string, ParamKind<ParamValue>>>
export type ParamValues<P> = { readonly [K in keyof P]: P[K] extends ParamKind<infer T> ? T : never }

/** Why inputs do not fit a layer. The code and the words make the problem on the node or wire; `input` is the input's position. */
export class ShapeMismatch extends Error {
  readonly code: string
  readonly text: Text
  readonly input: number | null
  readonly mend: MismatchMend | null

  constructor(code: string, text: Text, input: number | null = null, mend: MismatchMend | null = null) {
    super(text.en)
    this.code = code
    this.text = text
    this.input = input
    this.mend = mend
  }
}

/** What would make the inputs fit: another rank or shape of the input, or other values of some parameters, each with its words. */
export type MismatchMend =
  | { readonly type: 'rank'; readonly rank: number }
  | { readonly type: 'shape'; readonly shape: Shape }
  | {
      readonly type: 'params'
      readonly choices: readonly { readonly title: Text; readonly params: Params }[]
    }

/** What the engine hands to `build`: tfjs's layers, and the seeded things that tfjs draws from Math.random. */
export interface BuildContext {
  readonly layers: typeof tf.layers
  /** A seeded initialiser; `weight` names which of the layer's weights it is for. */
  readonly initializer: (name: InitializerName, weight: string) => ReturnType<typeof tf.initializers.glorotUniform>
  readonly regularizer: (l1: number, l2: number) => ReturnType<typeof tf.regularizers.l2> | undefined
  /** Dropout and noise whose randomness follows from the run's seed and step. */
  readonly dropout: (rate: number) => tf.layers.Layer
  readonly gaussianNoise: (stddev: number) => tf.layers.Layer
  /** The node's id, made unique in the model: the tfjs layer's name. */
  readonly name: string
}
export const initializerNames = [
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'lecunNormal',
  'zeros',
  'ones',
] as const
export type InitializerName = (typeof initializerNames)[number]

/**
 * Everything Convas knows of one layer type. All shapes are without the batch axis; merge layers get several inputs,
 * `input` none, all others exactly one. Rules may assume parsed parameters; they throw ShapeMismatch where inputs do not fit.
 */
export interface LayerSpec<P extends ParamKinds> {
  readonly kind: LayerKind
  /** The type's name in the field's own words; the same in both languages unless there is a settled Korean term. */
  readonly title: Text
  /** The short label on the node and in the palette, such as "Conv2D". */
  readonly label: string
  /** One paragraph: what it does to shapes and numbers, when to use it. */
  readonly help: Text
  /** The prefix of automatic names: "C" makes C1, C2, … */
  readonly prefix: string
  /** What automatic names carry instead of a counter: a dense layer's units. */
  readonly nameNumber?: (params: ParamValues<P>) => number
  readonly params: P
  /** How many inputs: exactly none, exactly one, or at least two. */
  readonly inputs: 0 | 1 | 'many'
  readonly outputShape: (inputs: readonly Shape[], params: ParamValues<P>) => Shape
  /** All weights, moving statistics included. */
  readonly weightCount?: (inputs: readonly Shape[], params: ParamValues<P>) => number
  /** The weights that gradient descent does not touch. */
  readonly untrainedCount?: (inputs: readonly Shape[], params: ParamValues<P>) => number
  /** Multiplications with addition for one sample. */
  readonly multiplyAdds?: (inputs: readonly Shape[], params: ParamValues<P>) => number
  /** The weight count as the student writes it, such as "6·(5·5·1+1)"; without the result. */
  readonly formula?: (inputs: readonly Shape[], params: ParamValues<P>) => string
  /** The main parameters in short, such as "6 @ 5×5, same, relu". */
  readonly brief: (params: ParamValues<P>) => string
  /** The window over the input for one output cell, per axis; absent where a cell sees all or just itself. */
  readonly window?: (params: ParamValues<P>) => {
    readonly size: readonly number[]
    readonly strides: readonly number[]
    readonly padding: 'same' | 'valid'
    readonly dilation: readonly number[]
  }
  /** How one cell of the output comes about; absent for `input` alone. */
  readonly cell?: (params: ParamValues<P>) => CellRule
  /** The layer as a token of the notation, or null where these parameters have none. */
  readonly token?: (params: ParamValues<P>) => string | null
  /** True where the layer acts differently while training. */
  readonly trainingOnly?: boolean
  /** The layer in Keras 3. */
  readonly keras: KerasForm<ParamValues<P>>
  /** The layer in PyTorch; absent for `input` alone. */
  readonly torch?: (context: TorchContext, params: ParamValues<P>) => TorchLayer
  /** A tfjs layer, not yet applied. Absent for `input`, which the compiler makes itself. */
  readonly build?: (context: BuildContext, params: ParamValues<P>) => tf.layers.Layer
}

/** A LayerSpec with its parameter types erased, as the registry and everything that walks a graph sees it. */
export interface LayerDefinition extends Omit<
  LayerSpec<ParamKinds>,
  | 'outputShape'
  | 'weightCount'
  | 'untrainedCount'
  | 'multiplyAdds'
  | 'formula'
  | 'brief'
  | 'token'
  | 'build'
  | 'keras'
  | 'torch'
  | 'window'
  | 'cell'
  | 'trainingOnly'
  | 'nameNumber'
> {
  readonly nameNumber: (params: Params) => number | null
  readonly outputShape: (inputs: readonly Shape[], params: Params) => Shape
  readonly weightCount: (inputs: readonly Shape[], params: Params) => number
  readonly untrainedCount: (inputs: readonly Shape[], params: Params) => number
  readonly multiplyAdds: (inputs: readonly Shape[], params: Params) => number
  readonly formula: ((inputs: readonly Shape[], params: Params) => string) | null
  /** "?" for invalid parameters, as `token` is null for them. */
  readonly brief: (params: Params) => string
  readonly window:
    | ((params: Params) => {
        readonly size: readonly number[]
        readonly strides: readonly number[]
        readonly padding: 'same' | 'valid'
        readonly dilation: readonly number[]
      })
    | null
  readonly cell: ((params: Params) => CellRule) | null
  readonly token: (params: Params) => string | null
  readonly trainingOnly: boolean
  readonly build: ((context: BuildContext, params: Params) => tf.layers.Layer) | null
  readonly keras: KerasForm<Params> & Required<Pick<KerasForm<Params>, 'config'>>
  readonly torch: ((context: TorchContext, params: Params) => TorchLayer) | null
  /** Missing parameters filled in with defaults, each value checked; the sentences name parameter and received value. */
  readonly readParams: (
    params: Params,
  ) => { readonly ok: true; readonly value: Params } | { readonly ok: false; readonly faults: readonly ParamFault[] }
}

export interface ParamFault {
  readonly param: string
  readonly expected: string
  readonly received: string
  /** The whole sentence: which parameter, what was expected, what came. */
  readonly text: Text
}

function paramFault(param: string, expected: string, expectedKo: string, received: string): ParamFault {
  return {
    param,
    expected,
    received,
    text: {
      en: `\`${param}\` must be ${expected}. Received: ${received}`,
      ko: `\`${param}\`에 맞는 값: ${expectedKo}. 받은 값: ${received}`,
    },
  }
}

export function defineLayer<const P extends ParamKinds>(spec: LayerSpec<P>): LayerDefinition {
  const kinds: ParamKinds = spec.params
  // Parameters never change in place, and a model is analysed after every edit: what was read once is kept.
  const completed = new WeakMap<Params, ParamValues<P>>()
  const known = new WeakMap<Params, ReturnType<LayerDefinition['readParams']>>()
  const typed = (params: Params): ParamValues<P> => {
    let values = completed.get(params)
    if (values === undefined) {
      values = Object.fromEntries(
        Object.entries(kinds).map(([name, kind]) => [name, params[name] ?? kind.default]),
      ) as ParamValues<P>
      completed.set(params, values)
    }
    return values
  }
  const readParams: LayerDefinition['readParams'] = (params) => {
    const before = known.get(params)
    if (before !== undefined) return before
    const faults: ParamFault[] = []
    const value: Record<string, ParamValue> = {}
    for (const name of Object.keys(params)) {
      if (Object.hasOwn(kinds, name)) continue
      const names = Object.keys(kinds).join(', ')
      faults.push({
        param: name,
        expected: names === '' ? 'no parameter' : `one of the parameters ${names}`,
        received: name,
        text: {
          en: `\`${name}\` is no parameter of ${spec.label}; it has ${names === '' ? 'none' : names}.`,
          ko: `${spec.label}에는 \`${name}\` 매개변수가 없습니다. 사용할 수 있는 것: ${names === '' ? '없음' : names}.`,
        },
      })
    }
    for (const [name, kind] of Object.entries(kinds)) {
      const given = Object.hasOwn(params, name) ? params[name] : undefined
      const parsed = given === undefined ? ({ ok: true, value: kind.default } as const) : kind.parse(given)
      if (parsed.ok) value[name] = parsed.value
      else faults.push(paramFault(name, parsed.expected, parsed.expectedKo, JSON.stringify(given)))
    }
    const result = faults.length === 0 ? ({ ok: true, value } as const) : ({ ok: false, faults } as const)
    if (result.ok) completed.set(value, value as ParamValues<P>)
    known.set(params, result)
    return result
  }
  // A canvas shows names and values of faulty layers too, so these must bear whatever a file holds.
  const valid = (params: Params): ParamValues<P> | null => (readParams(params).ok ? typed(params) : null)
  return {
    ...spec,
    nameNumber: (params) => {
      const values = valid(params)
      return values === null ? null : (spec.nameNumber?.(values) ?? null)
    },
    outputShape: (inputs, params) => spec.outputShape(inputs, typed(params)),
    weightCount: (inputs, params) => spec.weightCount?.(inputs, typed(params)) ?? 0,
    untrainedCount: (inputs, params) => spec.untrainedCount?.(inputs, typed(params)) ?? 0,
    multiplyAdds: (inputs, params) => spec.multiplyAdds?.(inputs, typed(params)) ?? 0,
    formula: spec.formula ? (inputs, params) => spec.formula!(inputs, typed(params)) : null,
    brief: (params) => {
      const values = valid(params)
      return values === null ? '?' : spec.brief(values)
    },
    window: spec.window ? (params) => spec.window!(typed(params)) : null,
    cell: spec.cell ? (params) => spec.cell!(typed(params)) : null,
    token: (params) => {
      const values = valid(params)
      return values === null ? null : (spec.token?.(values) ?? null)
    },
    trainingOnly: spec.trainingOnly ?? false,
    keras: { ...spec.keras, config: (params) => spec.keras.config?.(typed(params)) ?? {} },
    torch: spec.torch ? (context, params) => spec.torch!(context, typed(params)) : null,
    build: spec.build ? (context, params) => spec.build!(context, typed(params)) : null,
    readParams,
  }
}
