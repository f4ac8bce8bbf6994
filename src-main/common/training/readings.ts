/** How often numbers fall between equal steps from the least to the greatest; non-finite ones are left out. */
export interface Histogram {
  readonly from: number
  readonly to: number
  readonly counts: readonly number[]
}

export const filterFaults = ['dead', 'saturated', 'always-on', 'duplicate'] as const
/**
 * What may be wrong with a filter or unit, judged on the probe set: `dead` is 0 everywhere after ReLU; `always-on` is
 * above 0 everywhere after ReLU, which makes it linear; `saturated` is near an end of tanh or sigmoid nearly always;
 * `duplicate` does what an earlier one does.
 */
export type FilterFault = (typeof filterFaults)[number]

export interface FilterReading {
  /** Counted from 0. */
  readonly filter: number
  readonly fault: FilterFault
  /** Of a duplicate: the earlier filter. */
  readonly of: number | null
}

export interface LayerReadings {
  readonly node: string
  /** Of the kernel; null without one. */
  readonly weights: Histogram | null
  /** Of the output on the probe set. */
  readonly activations: Histogram
  readonly filters: readonly FilterReading[]
  /**
   * √Σ(∂L/∂w)² over the layer's trainable weights, where L is the mean loss over the probe set with its penalties, dropout
   * off; null without such weights.
   */
  readonly gradient: number | null
}

/** What can be read off a model at a moment. */
export interface Readings {
  readonly epoch: number
  readonly step: number
  /** The size of the probe set: so many samples, spread evenly over the validation part (the training part without one). */
  readonly samples: number
  readonly part: 'train' | 'validation' | 'test'
  readonly layers: readonly LayerReadings[]
}
