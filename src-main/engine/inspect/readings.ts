import type { FilterFault, FilterReading, Histogram } from '../../common/training/readings.ts'

const bins = 32
/** Outputs of tanh beyond this, or of sigmoid as near to its ends, no longer follow their sums. */
const saturatedFrom = 0.97
/** So large a share of the outputs has to be saturated. */
const saturatedShare = 0.95
const leastCosine = 0.98
const leastCorrelation = 0.95
/** Comparisons of kernels that would take longer than about this many multiplications are left out. */
const mostMultiplications = 4e7

/** Equal steps from the least to the greatest number; numbers that are all the same make one. */
export function histogramOf(values: Float32Array): Histogram {
  let [from, to] = [Infinity, -Infinity]
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    if (value < from) from = value
    if (value > to) to = value
  }
  if (!(from <= to)) return { from: 0, to: 0, counts: [0] }
  const counts = new Array<number>(from === to ? 1 : bins).fill(0)
  const scale = from === to ? 0 : bins / (to - from)
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    const bin = Math.min(counts.length - 1, Math.floor((value - from) * scale))
    counts[bin] = (counts[bin] as number) + 1
  }
  return { from, to, counts }
}

/** The faults that a layer's activation can have. `outputs` are [samples · cells · channels], channels last. */
export function activationFaults(outputs: Float32Array, channels: number, activation: string): FilterReading[] {
  const readings: FilterReading[] = []
  for (let filter = 0; filter < channels; filter++) {
    const fault = faultOf(outputs, channels, filter, activation)
    if (fault !== null) readings.push({ filter, fault, of: null })
  }
  return readings
}

function faultOf(outputs: Float32Array, channels: number, filter: number, activation: string): FilterFault | null {
  const count = outputs.length / channels
  if (count === 0) return null
  if (activation === 'relu' || activation === 'relu6') {
    let active = 0
    for (let place = filter; place < outputs.length; place += channels) if ((outputs[place] as number) > 0) active++
    return active === 0 ? 'dead' : active === count ? 'always-on' : null
  }
  if (activation !== 'tanh' && activation !== 'sigmoid') return null
  let saturated = 0
  for (let place = filter; place < outputs.length; place += channels) {
    const value = outputs[place] as number
    if (Math.abs(activation === 'tanh' ? value : 2 * value - 1) > saturatedFrom) saturated++
  }
  return saturated >= saturatedShare * count ? 'saturated' : null
}

/**
 * Filters whose kernel has a cosine above 0.98 with an earlier one's, and whose outputs correlate (Pearson) above 0.95.
 * `kernel` is [… · filters], `outputs` [samples · cells · filters].
 */
export function duplicateFilters(kernel: Float32Array, outputs: Float32Array, filters: number): FilterReading[] {
  const length = kernel.length / filters
  if ((filters * filters * length) / 2 > mostMultiplications || length < 2) return []
  const readings: FilterReading[] = []
  for (let filter = 1; filter < filters; filter++) {
    for (let earlier = 0; earlier < filter; earlier++) {
      if (cosine(kernel, filters, earlier, filter) <= leastCosine) continue
      if (correlation(outputs, filters, earlier, filter) <= leastCorrelation) continue
      readings.push({ filter, fault: 'duplicate', of: earlier })
      break
    }
  }
  return readings
}

/** Of two columns of a matrix [… · columns]; 0 where one is zero. */
export function cosine(values: Float32Array, columns: number, one: number, other: number): number {
  let [dot, first, second] = [0, 0, 0]
  for (let row = 0; row < values.length; row += columns) {
    const [a, b] = [values[row + one] as number, values[row + other] as number]
    dot += a * b
    first += a * a
    second += b * b
  }
  return first > 0 && second > 0 ? dot / Math.sqrt(first * second) : 0
}

/** Pearson's, of two columns of a matrix [… · columns]; 0 where one is constant. */
export function correlation(values: Float32Array, columns: number, one: number, other: number): number {
  const count = values.length / columns
  let [first, second] = [0, 0]
  for (let row = 0; row < values.length; row += columns) {
    first += values[row + one] as number
    second += values[row + other] as number
  }
  const [meanOne, meanOther] = [first / count, second / count]
  let [dot, squaresOne, squaresOther] = [0, 0, 0]
  for (let row = 0; row < values.length; row += columns) {
    const [a, b] = [(values[row + one] as number) - meanOne, (values[row + other] as number) - meanOther]
    dot += a * b
    squaresOne += a * a
    squaresOther += b * b
  }
  return squaresOne > 0 && squaresOther > 0 ? dot / Math.sqrt(squaresOne * squaresOther) : 0
}
