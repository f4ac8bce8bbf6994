import type { Params } from '../graph/graph.ts'

/** A value in the configuration of a Keras layer. */
export type KerasValue =
  number | string | boolean | null | readonly KerasValue[] | { readonly [key: string]: KerasValue }
export type KerasConfig = Readonly<Record<string, KerasValue>>

/** Whether a value is a list; what TypeScript has for it makes a list of anything of it. */
export function isKerasList(value: KerasValue | undefined): value is readonly KerasValue[] {
  return Array.isArray(value)
}

/**
 * A layer type as Keras 3 knows it. Parameters have the same names there, in snake_case (`kernelSize`, `kernel_size`); what
 * follows from that is not told here. `export/keras-config.ts` reads and writes by it.
 */
export interface KerasForm<V> {
  readonly className: string
  /** The kernels that the layer's initialiser and penalty are for: Keras names those `depthwise_initializer` and so on. */
  readonly kernels?: readonly ('kernel' | 'depthwise' | 'pointwise')[]
  /** Settings that Keras has and Convas has in one way alone, with that way; another value cannot be expressed. */
  readonly fixed?: KerasConfig
  /** Parameters that do not follow the rule, as Keras has them; they replace those of the same name. */
  readonly config?: (params: V) => KerasConfig
  /** The same way back; throws UnknownSetting. */
  readonly params?: (config: KerasConfig) => Params
}

/** Thrown where a setting of a Keras layer has no counterpart. */
export class UnknownSetting extends Error {
  readonly setting: string
  readonly received: KerasValue

  constructor(setting: string, received: KerasValue) {
    super(`${setting} = ${JSON.stringify(received)}`)
    this.setting = setting
    this.received = received
  }
}

/** One number from a list with the same number for every axis. */
export function sameOnEveryAxis(setting: string, value: KerasValue | undefined): number {
  const list = isKerasList(value) ? value : [value ?? 1]
  const [first] = list
  if (typeof first !== 'number' || list.some((one) => one !== first)) throw new UnknownSetting(setting, value ?? null)
  return first
}
