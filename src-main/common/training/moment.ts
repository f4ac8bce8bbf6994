import '../zod-without-eval.ts'
import { z } from 'zod'

/** A moment of a run whose weights are stored: the end of an epoch (0 is before the first step), or a step of the first epoch. */
export type Moment = { readonly epoch: number } | { readonly step: number }

export const momentSchema = z.union([
  z.strictObject({ epoch: z.int().min(0) }),
  z.strictObject({ step: z.int().min(1) }),
])

/** The same text for the same moment. */
export function momentKey(moment: Moment): string {
  return 'epoch' in moment ? `epoch ${moment.epoch}` : `step ${moment.step}`
}

export function isSameMoment(one: Moment | null, other: Moment | null): boolean {
  return one === other || (one !== null && other !== null && momentKey(one) === momentKey(other))
}

/** In the order of time: steps lie between the untrained model and the end of the first epoch. */
export function compareMoments(one: Moment, other: Moment): number {
  const rank = (moment: Moment) => ('step' in moment ? 0.5 : moment.epoch)
  return rank(one) - rank(other) || ('step' in one && 'step' in other ? one.step - other.step : 0)
}

/** Steps of the run that had been taken by then. */
export function stepOfMoment(moment: Moment, stepsPerEpoch: number): number {
  return 'step' in moment ? moment.step : moment.epoch * stepsPerEpoch
}

/** The epochs among moments, in their order. */
export function epochsAmong(moments: readonly Moment[]): readonly number[] {
  return moments.flatMap((moment) => ('epoch' in moment ? [moment.epoch] : []))
}

/** `epoch-0003.bin` or `step-000008.bin`: sorts by time among its kind. */
export function momentFileName(moment: Moment): string {
  return 'epoch' in moment
    ? `epoch-${String(moment.epoch).padStart(4, '0')}.bin`
    : `step-${String(moment.step).padStart(6, '0')}.bin`
}

/** The moments whose files have these names, in the order of time; other names are passed over. */
export function momentsOfFiles(names: readonly string[]): readonly Moment[] {
  return names
    .flatMap((name): Moment[] => {
      const [, kind, digits] = /^(epoch|step)-(\d+)\.bin$/.exec(name) ?? []
      if (kind === undefined) return []
      return [kind === 'epoch' ? { epoch: Number(digits) } : { step: Number(digits) }]
    })
    .sort(compareMoments)
}
