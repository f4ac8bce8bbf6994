import type { Params, ParamValue } from '../graph/graph.ts'
import type { LayerDefinition } from '../layers/define.ts'
import type { KerasConfig, KerasValue } from '../layers/keras.ts'
import { UnknownSetting } from '../layers/keras.ts'
import { registry } from '../layers/registry.ts'
import type { ExportedLayer, ExportedModel } from './exported-model.ts'

/** How an initialiser or a penalty is written: in code, or as the object of a configuration. */
export interface KerasDialect {
  readonly initializer: (name: string) => KerasValue
  readonly penalty: (kind: 'l1' | 'l2', strength: number) => KerasValue
}

/** The objects of a saved configuration, in a form that Keras 2, Keras 3 and tfjs read. */
const savedDialect: KerasDialect = {
  initializer: (name) => ({ class_name: name.charAt(0).toUpperCase() + name.slice(1), config: {} }),
  penalty: (kind, strength) => ({
    class_name: 'L1L2',
    config: { l1: kind === 'l1' ? strength : 0, l2: kind === 'l2' ? strength : 0 },
  }),
}

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** A layer's parameters as Keras has them; a size is told axis by axis. */
export function kerasConfigOf(
  { keras, params: kinds }: Pick<LayerDefinition, 'keras' | 'params'>,
  params: Params,
  dialect: KerasDialect = savedDialect,
): KerasConfig {
  const config: Record<string, KerasValue> = {}
  for (const [name, kind] of Object.entries(kinds)) {
    const value = params[name] ?? kind.default
    if (name === 'kernelInitializer') {
      for (const kernel of keras.kernels ?? []) config[`${kernel}_initializer`] = dialect.initializer(String(value))
    } else if (name === 'kernelRegularizer') {
      const strength = Number(params['regularizerStrength'] ?? kinds['regularizerStrength']?.default)
      for (const kernel of keras.kernels ?? [])
        config[`${kernel}_regularizer`] =
          (value === 'l1' || value === 'l2') && strength > 0 ? dialect.penalty(value, strength) : null
    } else if (name === 'activation') config[name] = snakeCase(String(value))
    else if (kind.control.type === 'size' && typeof value === 'number')
      config[snakeCase(name)] = Array.from({ length: kind.control.axes }, () => value)
    else if (name !== 'regularizerStrength') config[snakeCase(name)] = value
  }
  return { ...config, ...keras.config(params) }
}

/** A whole model as Keras and tfjs save it: the layers with the wires into them, in the form that all of them read. */
export function kerasModelConfig({ model, layers }: ExportedModel): KerasConfig {
  const reference = (name: string): KerasValue => [name, 0, 0]
  return {
    class_name: 'Functional',
    config: {
      name: 'model',
      trainable: true,
      layers: layers.map((layer) => ({
        name: layer.name,
        class_name: layer.definition.keras.className,
        config: savedLayer(layer),
        inbound_nodes: layer.inputs.length === 0 ? [] : [layer.inputs.map((input) => [input, 0, 0, {}])],
      })),
      input_layers: [reference(layers[0]?.name ?? '')],
      output_layers: [reference(layers.at(-1)?.name ?? '')],
    },
    convas: { name: model.name },
  }
}

function savedLayer({ name, node, definition, params }: ExportedLayer): KerasConfig {
  const shared = { name, dtype: 'float32' }
  if (node.layer === 'input') return { ...shared, batch_input_shape: [null, ...(params['shape'] as number[])] }
  return { ...shared, trainable: true, ...kerasConfigOf(definition, params) }
}

/** Settings that say nothing of what a model answers: names, places, and what only weighs on further training. */
const passedOver = new Set([
  'name',
  'trainable',
  'dtype',
  'seed',
  'build_config',
  'batch_input_shape',
  'batch_shape',
  'input_shape',
  'ragged',
  'sparse',
  'optional',
  'registered_name',
  'input_dim',
  'input_length',
  'quantization_config',
  // Where the weights start: they are in the file.
  'bias_initializer',
  'beta_initializer',
  'gamma_initializer',
  'moving_mean_initializer',
  'moving_variance_initializer',
  'synchronized',
  'fused',
  'virtual_batch_size',
  'adjustment',
  'renorm_clipping',
  'renorm_momentum',
])
/** Ways of training that Convas lacks; what is left out is said. */
const ofTraining = /^(bias|activity|beta|gamma|kernel|depthwise|pointwise)_(regularizer|constraint)$|^lora_alpha$|^gptq/

const activationNames: Readonly<Record<string, string>> = { silu: 'swish', exponential_linear: 'elu' }

export interface ReadLayer {
  readonly params: Params
  /** Settings that were left out because they matter for training alone. */
  readonly leftOut: readonly string[]
}

/** Parameters of Convas from a layer's configuration. Throws UnknownSetting for whatever would make it answer otherwise. */
export function paramsOfKeras({ keras, params: kinds }: LayerDefinition, config: KerasConfig): ReadLayer {
  const params: Record<string, ParamValue> = {}
  const leftOut: string[] = []
  const taken = new Set<string>()
  const take = (key: string) => {
    taken.add(key)
    return config[key]
  }
  if (
    config['data_format'] !== undefined &&
    config['data_format'] !== 'channels_last' &&
    config['data_format'] !== null
  )
    throw new UnknownSetting('data_format', config['data_format'])
  taken.add('data_format')
  for (const [name, kind] of Object.entries(kinds)) {
    if (name === 'kernelInitializer') {
      const initial = initializerOf(take(`${keras.kernels?.[0] ?? 'kernel'}_initializer`))
      if (initial !== null && kind.parse(initial).ok) params[name] = initial
      for (const kernel of keras.kernels ?? []) taken.add(`${kernel}_initializer`)
      taken.add('kernel_initializer')
    } else if (name === 'kernelRegularizer') {
      for (const kernel of keras.kernels ?? []) {
        const key = `${kernel}_regularizer`
        const value = take(key) ?? null
        if (value === null) continue
        const penalty = penaltyOf(value)
        if (penalty === null) leftOut.push(key)
        else Object.assign(params, penalty)
      }
    } else if (name === 'activation') params[name] = activationOf(take('activation') ?? 'linear')
    else if (name !== 'regularizerStrength') {
      const value = take(snakeCase(name))
      if (value !== undefined) params[name] = value as ParamValue
    }
  }
  if (keras.params) Object.assign(params, keras.params(config))
  for (const [name, kind] of Object.entries(kinds)) {
    const value = params[name]
    if (value === undefined) continue
    const plain: unknown =
      kind.control.type === 'size' && typeof value === 'object' && value?.length === 1 ? value[0] : value
    const parsed = kind.parse(plain)
    if (!parsed.ok) throw new UnknownSetting(snakeCase(name), value)
    params[name] = parsed.value
  }
  for (const [key, value] of Object.entries(config)) {
    if (taken.has(key) || passedOver.has(key)) continue
    const fixed = keras.fixed?.[key]
    if (fixed !== undefined) {
      if (!isSameSetting(key, value, fixed)) throw new UnknownSetting(key, value)
    } else if (value !== null && value !== false) {
      if (!ofTraining.test(key)) throw new UnknownSetting(key, value)
      leftOut.push(key)
    }
  }
  return { params, leftOut }
}

/** Where Keras counts an axis from the front, the reader of a whole model has turned it round. */
function isSameSetting(key: string, value: KerasValue, fixed: KerasValue): boolean {
  if (key === 'axis' && Array.isArray(value) && value.length === 1) return value[0] === fixed
  if (Array.isArray(fixed) && typeof value === 'number') return fixed.every((one) => one === value)
  return JSON.stringify(value) === JSON.stringify(fixed)
}

function activationOf(value: KerasValue): string {
  const name = typeof value === 'string' ? value : nameOf(value)
  if (name === null) throw new UnknownSetting('activation', value)
  const plain = snakeCase(name.charAt(0).toLowerCase() + name.slice(1))
  return camelCase(Object.hasOwn(activationNames, plain) ? (activationNames[plain] ?? plain) : plain)
}

function initializerOf(value: KerasValue | undefined): string | null {
  const name = typeof value === 'string' ? camelCase(value) : nameOf(value ?? null)
  return name === null ? null : name.charAt(0).toLowerCase() + name.slice(1)
}

function nameOf(value: KerasValue): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const { class_name, config } = value as Record<string, KerasValue>
  if (class_name === 'function') return typeof config === 'string' ? config : null
  return typeof class_name === 'string' ? class_name : null
}

function penaltyOf(value: KerasValue): { kernelRegularizer: string; regularizerStrength: number } | null {
  const name = nameOf(value)
  const { config } = value as { config?: KerasConfig }
  const l1 = Number(config?.['l1'] ?? 0)
  const l2 = Number(config?.['l2'] ?? 0)
  const strengthOf = (strength: number) => Number(strength.toPrecision(6))
  if ((name === 'L2' || name === 'L1L2') && l1 === 0 && l2 > 0)
    return { kernelRegularizer: 'l2', regularizerStrength: strengthOf(l2) }
  if ((name === 'L1' || name === 'L1L2') && l2 === 0 && l1 > 0)
    return { kernelRegularizer: 'l1', regularizerStrength: strengthOf(l1) }
  return null
}

/** The layer type of a Keras class; null where there is none. */
export function layerOfKerasClass(className: string): keyof typeof registry | null {
  const found = Object.entries(registry).find(([, { keras }]) => keras.className === className)
  return found === undefined ? null : (found[0] as keyof typeof registry)
}
