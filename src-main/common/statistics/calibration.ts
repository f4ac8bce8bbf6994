/** Answers whose confidence lies above `from` and not above `to`, with the mean confidence and the share that is right. */
export interface ReliabilityBin {
  readonly from: number
  readonly to: number
  readonly samples: number
  /** Means; null where no answer is that sure. */
  readonly confidence: number | null
  readonly accuracy: number | null
}

export interface Calibration {
  /** In order of confidence, equally wide from 0 to 1. */
  readonly bins: readonly ReliabilityBin[]
  /** How far confidence and accuracy lie apart, 0…1, as a mean over the samples. */
  readonly expectedError: number
}

/**
 * The mean squared distance of the probabilities from what is true (Brier, 1950, "Verification of Forecasts Expressed in Terms of
 * Probability"): over all classes, 0…2; of two classes over the second alone, 0…1, as scikit-learn scales it. `probabilities` is
 * [samples, classes], row-major. Null where there are no samples.
 */
export function brierScore(
  probabilities: ArrayLike<number>,
  truths: ArrayLike<number>,
  classes: number,
): number | null {
  const samples = truths.length
  if (samples === 0) return null
  let sum = 0
  for (let sample = 0; sample < samples; sample++) {
    for (let label = classes === 2 ? 1 : 0; label < classes; label++) {
      const probability = probabilities[sample * classes + label] as number
      sum += (probability - (truths[sample] === label ? 1 : 0)) ** 2
    }
  }
  return sum / samples
}

/**
 * Whether answers are right as often as they are sure: reliability bins and the expected calibration error,
 * Σ (samples of the bin / all samples) · |accuracy − confidence|, as Guo et al. (2017), "On Calibration of Modern Neural
 * Networks", equations 1 to 3. `confidences` are the probabilities (0…1) of the classes answered, one a sample. Null where
 * there are no samples or a confidence is no probability.
 */
export function calibrate(
  confidences: ArrayLike<number>,
  isRight: (sample: number) => boolean,
  bins = 10,
): Calibration | null {
  if (confidences.length === 0) return null
  const sums = Array.from({ length: bins }, () => ({ samples: 0, confidence: 0, right: 0 }))
  for (let sample = 0; sample < confidences.length; sample++) {
    const confidence = confidences[sample] as number
    // Probabilities of 32 bits may come a little above one.
    if (!(confidence >= 0 && confidence <= 1 + 1e-5)) return null
    const bin = sums[Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1))]
    if (bin === undefined) continue
    bin.samples++
    bin.confidence += confidence
    if (isRight(sample)) bin.right++
  }
  const told = sums.map(({ samples, confidence, right }, index) => ({
    from: index / bins,
    to: (index + 1) / bins,
    samples,
    confidence: samples === 0 ? null : confidence / samples,
    accuracy: samples === 0 ? null : right / samples,
  }))
  const expectedError = sums.reduce((sum, { confidence, right }) => sum + Math.abs(right - confidence), 0)
  return { bins: told, expectedError: expectedError / confidences.length }
}
