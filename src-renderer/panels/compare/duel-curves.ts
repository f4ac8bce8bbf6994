import type { ModelHistory } from '../../state/training-state.svelte.ts'
import { curvesOf } from '../curve-data.ts'
import type { Points } from '../decimate.ts'

export const duelAxes = ['epoch', 'seconds', 'operations'] as const
export type DuelAxis = (typeof duelAxes)[number]

interface Costs {
  /** Multiply-adds for one sample. */
  readonly multiplyAdds: number
  /** Samples of an epoch. */
  readonly samples: number
}

/** Where a time in epochs lies on an axis: seconds of the model's own training, or thousand million multiply-adds forward. */
export function placeOnAxis(axis: DuelAxis, epochs: ModelHistory['epochs'], costs: Costs): (place: number) => number {
  if (axis === 'epoch') return (place) => place
  if (axis === 'operations') return (place) => (place * costs.samples * costs.multiplyAdds) / 1e9
  const ends = epochs.reduce<number[]>((all, { seconds }) => [...all, (all.at(-1) ?? 0) + seconds], [0])
  // An epoch that has not ended is taken to last as long as those before it.
  const last = ends.at(-1) ?? 0
  const usual = epochs.length === 0 ? 0 : last / epochs.length
  return (place) => {
    const whole = Math.min(Math.floor(place), ends.length - 1)
    const from = ends[whole] ?? last
    return from + (place - whole) * ((ends[whole + 1] ?? from + usual) - from)
  }
}

/** Training and validation of a model on an axis of the duel. */
export function duelCurves(
  model: ModelHistory,
  options: Costs & {
    readonly metric: 'loss' | 'accuracy'
    readonly axis: DuelAxis
    readonly stepsPerEpoch: number
    readonly smoothing: number
    readonly maxPoints: number
  },
): { readonly training: Points; readonly validation: Points } {
  const { axis, ...rest } = options
  const curves = curvesOf(model, { ...rest, axis: 'epoch' })
  const toAxis = placeOnAxis(axis, model.epochs, options)
  const moved = ({ x, y }: Points): Points => ({ x: [...x].map(toAxis), y })
  return { training: moved(curves.smoothed ?? curves.raw), validation: moved(curves.validation) }
}
