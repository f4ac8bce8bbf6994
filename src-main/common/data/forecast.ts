/** Errors of a forecast: means of squares and of absolute values, as the model sees values and in the file's unit. */
export interface ForecastErrors {
  readonly mse: number
  readonly mae: number
  readonly mseInUnit: number
  readonly maeInUnit: number
}

/** What a model foretells of a series. Values are in the unit of the file. */
export interface Forecast {
  readonly model: string
  /** Epoch of the weights. */
  readonly epoch: number
  readonly target: string
  /** Over the whole test part. */
  readonly samples: number
  readonly errors: ForecastErrors
  /** What needs no model: "the next is like the last", and "tomorrow is like this time today" where a day's length is known. */
  readonly naive: {
    readonly last: ForecastErrors
    readonly season: { readonly rows: number; readonly errors: ForecastErrors } | null
  }
  /** The end of the test part, in order. `times` are milliseconds since 1970, null without dates. */
  readonly rows: Int32Array
  readonly times: Float64Array | null
  readonly actual: Float32Array
  readonly predicted: Float32Array
  /** Beyond the end of the file, each step built on the ones before. */
  readonly ahead: { readonly times: Float64Array | null; readonly predicted: Float32Array }
}
