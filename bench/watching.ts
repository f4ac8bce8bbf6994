import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Convas } from '../e2e/driver.ts'
import { openConvas, until } from '../e2e/driver.ts'
import { median } from './results.ts'

const EPOCHS_A_TURN = 4

export async function startTraining(convas: Convas, epochs = 200) {
  await setEpochs(convas, epochs)
  await convas.run('run.train')
  await convas.page.locator('[data-command="run.pause"]:not([disabled])').waitFor({ timeout: 60_000 })
}

export async function setEpochs(convas: Convas, epochs: number) {
  await convas.goTo('train')
  const field = convas.page.locator('[data-recipe="epochs"]')
  await field.fill(String(epochs))
  await field.press('Enter')
  await convas.goTo('build')
}

/**
 * Seconds an epoch of the sample's two models: with what `look` brings into view, divided by those with no window at all
 * before and after it, in turn within one run.
 */
export async function costOfWatching(turns: number, look: (convas: Convas) => Promise<void>): Promise<string> {
  const convas = await openConvas()
  const address = convas.page.url()
  const projects = join(convas.home, 'projects')
  await startTraining(convas, 1_000)
  let seen = 0
  /** The first epochs after a change are left out: the window opens or closes meanwhile. */
  const turn = async () => {
    const start = seen + 4
    seen = start + EPOCHS_A_TURN * 2
    const seconds = await until(
      () => epochSeconds(projects),
      (found) => found.length >= seen,
      'epochs',
      240_000,
    )
    return median(pairSums(seconds.slice(start, seen)))
  }
  const ratios: number[] = []
  const leave = () => convas.page.goto('about:blank')
  await leave()
  let before = await turn()
  for (let pair = 0; pair < turns; pair++) {
    await convas.page.goto(address)
    await look(convas)
    const watched = await turn()
    await leave()
    const after = await turn()
    // Against the mean of both sides: a machine that grows slower or faster meanwhile does not count.
    ratios.push(watched / ((before + after) / 2))
    before = after
  }
  await convas.dispose()
  return `${median(ratios).toFixed(3)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`
}

/** The sample trains two models: an epoch is over when both are. */
function pairSums(seconds: readonly number[]): readonly number[] {
  return Array.from(
    { length: Math.floor(seconds.length / 2) },
    (_, pair) => (seconds[pair * 2] ?? 0) + (seconds[pair * 2 + 1] ?? 0),
  )
}

async function epochSeconds(projects: string): Promise<readonly number[]> {
  const files = await readdir(projects, { recursive: true })
  const metrics = files.find((file) => file.endsWith('metrics.jsonl'))
  if (!metrics) return []
  const lines = (await readFile(join(projects, metrics), 'utf8')).split('\n').filter((line) => line.endsWith('}'))
  return lines
    .map((line) => JSON.parse(line) as { type: string; seconds?: number })
    .flatMap((event) => (event.type === 'epoch' ? [event.seconds ?? 0] : []))
}
