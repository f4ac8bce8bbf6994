import type { Text } from '../../common/layers/text.ts'
import type { Device, DeviceChoice, DeviceDecision } from '../../common/training/device.ts'

/** A model ready to be timed on one device. */
export interface Candidate {
  /** Takes some training steps and says how many. */
  readonly run: () => number
  readonly close: () => void
}

export interface DecisionOptions {
  readonly choice: DeviceChoice
  /** What there is, the preferred one first. */
  readonly devices: readonly Device[]
  /** Throws where the device cannot train the model. */
  readonly open: (device: Device) => Candidate
  readonly nowMs: () => number
}

const rounds = 5
/** The whole of measuring takes hardly longer, whatever the model. */
const budgetMs = 1_500
/** A device must be quicker by this to be taken before the preferred one: less is noise. */
const clearGain = 1.05

/**
 * Where a model shall be trained: as asked, or where its steps take least time. A GPU is slower where a step is so small
 * that starting its kernels takes longer than computing them. Throws only where no device can train the model.
 */
export function decideDevice({ choice, devices, open, nowMs }: DecisionOptions): DeviceDecision {
  const [preferred = 'cpu'] = devices
  if (choice !== 'auto') return { device: devices.includes(choice) ? choice : preferred, trials: [] }
  if (devices.length < 2) return { device: preferred, trials: [] }
  const timed: { readonly device: Device; readonly candidate: Candidate; readonly times: number[] }[] = []
  let lastError: unknown = null
  try {
    for (const device of devices) {
      try {
        const candidate = open(device)
        timed.push({ device, candidate, times: [] })
        // The first steps load kernels and choose algorithms.
        candidate.run()
        candidate.run()
      } catch (error) {
        lastError = error
        const last = timed.at(-1)
        if (last?.device === device) timed.pop()?.candidate.close()
      }
    }
    if (timed.length === 0) throw lastError
    const endMs = nowMs() + budgetMs
    // In turns, so that whatever else the machine does disturbs all alike.
    for (let round = 0; round < rounds && (round === 0 || nowMs() < endMs); round++) {
      for (const { candidate, times } of timed) {
        const startMs = nowMs()
        const steps = candidate.run()
        times.push((nowMs() - startMs) / steps)
      }
    }
  } finally {
    for (const { candidate } of timed) candidate.close()
  }
  const trials = timed.map(({ device, times }) => ({ device, millisecondsPerStep: median(times) }))
  const [first, ...others] = trials as [DeviceDecision['trials'][number], ...DeviceDecision['trials']]
  const best = others.reduce(
    (best, trial) => (trial.millisecondsPerStep * clearGain < best.millisecondsPerStep ? trial : best),
    first,
  )
  return { device: best.device, trials }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}

/** The decision as a sentence for the run's log. */
export function describeDecision({ device, trials }: DeviceDecision, choice: DeviceChoice): Text {
  const name = device === 'gpu' ? 'GPU' : 'CPU'
  if (trials.length < 2)
    return choice === 'auto'
      ? {
          en: `It trains on the ${name}, the only device that can.`,
          ko: `학습할 수 있는 유일한 장치인 ${name}에서 학습합니다.`,
        }
      : choice === device
        ? { en: `It trains on the ${name}, as asked.`, ko: `지정한 대로 ${name}에서 학습합니다.` }
        : {
            en: `It trains on the ${name}: TensorFlow can use no ${choice.toUpperCase()} here. \`convas doctor\` tells why.`,
            ko: `${name}에서 학습합니다. 여기서는 TensorFlow가 ${choice.toUpperCase()}를 쓸 수 없습니다. 이유는 \`convas doctor\`가 알려 줍니다.`,
          }
  const times = trials
    .map(
      ({ device: tried, millisecondsPerStep }) =>
        `${tried === 'gpu' ? 'GPU' : 'CPU'} ${millisecondsPerStep.toPrecision(2)} ms`,
    )
    .join(', ')
  return {
    en: `It trains on the ${name}: measured, a step takes ${times}.`,
    ko: `${name}에서 학습합니다. 측정한 스텝 시간: ${times}.`,
  }
}
