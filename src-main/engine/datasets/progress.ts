import type { JobProgress } from '../../common/contract.ts'

/** The rate is that of the last seconds: the first pictures wait for their decoder. */
const windowMs = 4_000
/** Of the first samples nobody can tell how long the others take; after this while the rate is told all the same. */
const leastShare = 0.01
const longestWaitMs = 5_000

/** Turns what a reader tells of its work into what people are told of a job. */
export function createJobProgress(job: string, tell: (progress: JobProgress) => void) {
  let last: JobProgress | null = null
  const startMs = Date.now()
  const moments: { readonly timeMs: number; readonly done: number }[] = []
  return {
    progress: ({ title, done, total, unit }: Pick<JobProgress, 'title' | 'done' | 'total' | 'unit'>) => {
      const timeMs = Date.now()
      moments.push({ timeMs, done })
      while (moments.length > 2 && timeMs - (moments[0]?.timeMs ?? 0) > windowMs) moments.shift()
      const [first] = moments
      const seconds = first === undefined ? 0 : (timeMs - first.timeMs) / 1000
      const gained = first === undefined ? 0 : done - first.done
      const isTelling = done >= leastShare * total || timeMs - startMs > longestWaitMs
      const perSecond = isTelling && seconds > 0.2 && gained > 0 ? gained / seconds : null
      last = {
        job,
        title,
        done,
        total,
        unit,
        secondsLeft: perSecond === null ? null : (total - done) / perSecond,
        perSecond,
        state: 'running',
      }
      if (job !== '') tell(last)
    },
    finish: (state: JobProgress['state']) => {
      if (last === null || job === '') return
      tell({ ...last, done: state === 'done' ? last.total : last.done, secondsLeft: null, state })
    },
  }
}
