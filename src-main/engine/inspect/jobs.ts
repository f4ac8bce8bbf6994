import type { JobProgress } from '../../common/contract.ts'
import type { Text } from '../../common/layers/text.ts'
import type { Result } from '../../common/result.ts'
import { failureIn, success } from '../../common/result.ts'
import { createJobProgress } from '../datasets/progress.ts'
import type { Breathe } from './explain.ts'

const tellEveryMs = 100

/** Looks that take a while: they tell how far they are, let other messages in, and end when they are cancelled. */
export interface Jobs {
  readonly run: <T>(
    job: string,
    words: { readonly title: Text; readonly unit: Text },
    work: (breathe: Breathe) => Promise<T | null>,
  ) => Promise<Result<T>>
  readonly cancel: (job: string) => void
}

export function createJobs(tell: (progress: JobProgress) => void): Jobs {
  const cancelled = new Set<string>()
  return {
    cancel: (job) => {
      cancelled.add(job)
    },
    run: async (job, words, work) => {
      const { progress, finish } = createJobProgress(job, tell)
      let lastMs = -Infinity
      try {
        const answer = await work(async (done, total) => {
          await new Promise((resolve) => setImmediate(resolve))
          if (performance.now() - lastMs > tellEveryMs) {
            lastMs = performance.now()
            progress({ ...words, done, total })
          }
          return !cancelled.has(job)
        })
        finish(answer === null ? 'cancelled' : 'done')
        return answer === null
          ? failureIn('cancelled', { en: 'The look was cancelled.', ko: '살펴보기를 취소했습니다.' })
          : success(answer)
      } catch (error) {
        finish('failed')
        throw error
      } finally {
        cancelled.delete(job)
      }
    },
  }
}
