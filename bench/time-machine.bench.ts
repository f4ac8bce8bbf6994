import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'vitest'
import type { Convas } from '../e2e/driver.ts'
import { openConvas } from '../e2e/driver.ts'
import { median, percentile, recordFigures } from './results.ts'
import { costOfWatching, setEpochs } from './watching.ts'

const ROUNDS = 2
const TURNS = 8

test('moving through the moments of a run, and watching one', async () => {
  const { kernels, matrices, megabytes } = await timesOfMoving()
  const all = await costOfWatching(TURNS, openAllViews)
  const none = await costOfWatching(TURNS, (convas) => convas.goTo('learn'))
  const told = (times: readonly number[]) =>
    `${percentile(times, 0.95).toFixed(0)} ms (median ${median(times).toFixed(0)} ms)`
  await recordFigures(
    'Time machine',
    'The sample project, LeNet-5 beside an MLP, in Chromium (software rendering) through the web host. A moment is shown when the frame with it is drawn; matrices of steps are computed over 2,002 validation samples, ahead while nothing trains; those of epochs are read.',
    [
      { what: 'snapshots of LeNet-5, 30 epochs', wanted: '≤ 15 MB', measured: `${megabytes.toFixed(1)} MB` },
      {
        what: 'another moment to its kernels and maps, 95th percentile',
        wanted: '≤ 150 ms',
        measured: told(kernels),
      },
      {
        what: 'another moment to the matrices of both models, 95th percentile',
        wanted: '≤ 150 ms',
        measured: told(matrices),
      },
      {
        what: `seconds an epoch with all live views, strip and readings open against nobody watching, median of ${TURNS} turns`,
        wanted: '≤ 1.10',
        measured: all,
      },
      { what: `the same with a room open that shows none`, wanted: '≤ 1.02', measured: none },
    ],
  )
})

async function openAllViews(convas: Convas) {
  await convas.goTo('inside')
  await convas.page.locator('[data-layer="c2"]').click()
  await convas.page.getByText('Whole net', { exact: true }).click()
  for (const fold of ['strip', 'readings']) {
    const button = convas.page.locator(`[data-fold="${fold}"]`)
    if ((await button.getAttribute('aria-expanded')) === 'false') await button.click()
  }
}

async function timesOfMoving() {
  const convas = await openConvas()
  await setEpochs(convas, 30)
  await convas.run('run.train')
  await convas.page.locator('[data-command="run.pause"]').waitFor({ timeout: 60_000 })
  await convas.page.locator('[data-command="run.train"]:not([disabled])').waitFor({ timeout: 240_000 })
  const megabytes = await snapshotMegabytes(join(convas.home, 'projects'))
  await convas.goTo('inside')
  await convas.page.locator('[data-layer="c2"]').click()
  const kernels = await move(convas, '[data-shown-step]', 'data-shown-step')
  await convas.goTo('train')
  // A person reads the curves first; what is computed ahead takes about two seconds.
  await new Promise((resolve) => setTimeout(resolve, 4_000))
  const matrices = await move(convas, '[data-room="train"].room [data-confusion="mlp"]', 'data-moment')
  await convas.dispose()
  return { kernels, matrices, megabytes }
}

/** Milliseconds from the slider's event to the frame in which what is shown is of another moment, over all moments. */
async function move(convas: Convas, selector: string, attribute: string): Promise<readonly number[]> {
  return convas.page.evaluate(
    async ({ selector, attribute, rounds }) => {
      const slider = document.querySelector<HTMLInputElement>('.room [data-scrubber] input')
      if (!slider) throw new Error('a slider was expected')
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
      const shown = () => document.querySelector(selector)?.getAttribute(attribute) ?? null
      const times: number[] = []
      for (let round = 0; round < rounds; round++) {
        for (let position = Number(slider.max); position >= 0; position--) {
          const before = shown()
          if (Number(slider.value) === position && times.length === 0) continue
          const startMs = performance.now()
          slider.value = String(position)
          slider.dispatchEvent(new Event('input', { bubbles: true }))
          while (shown() === before || shown() === null) await frame()
          await frame()
          times.push(performance.now() - startMs)
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
      }
      return times
    },
    { selector, attribute, rounds: ROUNDS },
  )
}

async function snapshotMegabytes(projects: string): Promise<number> {
  const files = (await readdir(projects, { recursive: true })).filter((file) => /snapshots.cnn.*\.bin$/.test(file))
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(projects, file))).size))
  return sizes.reduce((sum, size) => sum + size, 0) / 1e6
}
