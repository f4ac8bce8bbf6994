import type { Convas } from '../e2e/driver.ts'

/** Milliseconds between animation frames. */
export async function frameTimes(convas: Convas, durationMs: number): Promise<readonly number[]> {
  return convas.page.evaluate(
    (duration) =>
      new Promise<number[]>((resolve) => {
        const times: number[] = []
        let last = performance.now()
        const end = last + duration
        const next = (now: number) => {
          times.push(now - last)
          last = now
          if (now < end) requestAnimationFrame(next)
          else resolve(times.slice(1))
        }
        requestAnimationFrame(next)
      }),
    durationMs,
  )
}
