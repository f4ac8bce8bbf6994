import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { link, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { openConvas } from '../e2e/driver.ts'
import { drawPet } from '../e2e/drawn-pictures.ts'
import { frameTimes } from './frame-times.ts'
import { memoryOf } from './process-memory.ts'
import { percentile, recordFigures } from './results.ts'

const SCROLL_MS = 10_000
const DIFFERENT = 20
const COUNTS = [200, 800] as const

/** Large data in the window, and many large pictures on their way in. */
test('data room', async () => {
  const scroll = await scrollOfSixtyThousand()
  const [few, many] = [await importMemory(COUNTS[0]), await importMemory(COUNTS[1])]
  await recordFigures(
    'Data room',
    `MNIST in the picture grid in Chromium (software rendering) through the web host, ten in a row, turned by the wheel all the time; drawn photos of 12 megapixels (${DIFFERENT} different ones) imported as 32 × 32 grey by the built program. Load of the machine meanwhile, 5-minute average, other work included: ${(loadavg()[1] ?? 0).toFixed(1)} on 2 cores.`,
    [
      {
        what: 'scrolling through 60,000 pictures, mean frame rate',
        wanted: '≥ 50 a second',
        measured: `${scroll.rate.toFixed(1)} a second`,
      },
      { what: 'the same, 95th percentile of a frame', wanted: '≤ 32 ms', measured: `${scroll.worst.toFixed(1)} ms` },
      { what: 'rows that came by, a second', wanted: '–', measured: scroll.rows.toFixed(0) },
      {
        what: `greatest memory of all processes: ${COUNTS[0]} photos, and ${COUNTS[1]}`,
        wanted: 'the same within 15 %',
        measured: `${few} MB, ${many} MB`,
      },
    ],
  )
})

async function scrollOfSixtyThousand() {
  const convas = await openConvas()
  const { page } = convas
  await convas.goTo('data')
  await page.locator('[data-dataset="mnist"]').click()
  await page.locator('.view').getByRole('radio', { name: 'Training' }).check({ timeout: 120_000 })
  await page.locator('[data-picture="train/0"] canvas').waitFor()
  const grid = page.getByRole('listbox')
  const top = () => grid.evaluate((element) => element.scrollTop)
  const box = await grid.boundingBox()
  if (!box) throw new Error('The grid is not in view.')
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  const measuring = frameTimes(convas, SCROLL_MS)
  const end = Date.now() + SCROLL_MS
  while (Date.now() < end) await page.mouse.wheel(0, 240)
  const times = await measuring
  const reached = await top()
  // What is in view when it comes to rest is there, and not an empty frame.
  const place = await grid.locator('[data-picture]').nth(20).getAttribute('data-picture')
  await page.locator(`[data-picture="${place}"] canvas`).waitFor()
  expect(reached).toBeGreaterThan(5_000)
  const rowPx = await grid
    .locator('[data-picture]')
    .first()
    .evaluate((element) => element.clientHeight + 4)
  await convas.dispose()
  return {
    rate: 1000 / (times.reduce((sum, time) => sum + time, 0) / times.length),
    worst: percentile(times, 0.95),
    rows: reached / rowPx / (SCROLL_MS / 1000),
  }
}

/** Megabytes at their greatest while so many photos are imported, by the built program as a person would. */
async function importMemory(count: number): Promise<number> {
  const program = resolve('out', 'main', 'convas.js')
  if (!existsSync(program)) throw new Error('Build the program first: npm run build')
  const folder = await mkdtemp(join(tmpdir(), 'convas-bench-'))
  const photos = join(folder, 'photos')
  for (const kind of ['cat', 'dog']) await mkdir(join(photos, kind), { recursive: true })
  for (let number = 0; number < count; number++) {
    const file = (of: number) => join(photos, of % 2 === 0 ? 'cat' : 'dog', `${of}.jpg`)
    if (number < DIFFERENT) await writeFile(file(number), await drawPhoto(number))
    else await link(file(number % DIFFERENT), file(number))
  }
  const child = spawn(process.execPath, [program, 'data', 'import', photos, '--input', '32x32x1', '--json'], {
    env: { ...process.env, CONVAS_CACHE: join(folder, 'cache'), CONVAS_HOME: join(folder, 'home') },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  let greatest = 0
  const timer = setInterval(() => {
    greatest = Math.max(greatest, memoryOf(child.pid ?? 0))
  }, 100)
  const code = await new Promise((done) => child.on('exit', done))
  clearInterval(timer)
  await rm(folder, { recursive: true, force: true })
  expect(code).toBe(0)
  return Math.round(greatest / 1e6)
}

/** 4,000 × 3,000 with grain, so that it is as large and as hard to decode as one of a camera. */
async function drawPhoto(number: number): Promise<Buffer> {
  const pet = await drawPet(number % 2 === 0 ? 'cat' : 'dog', number, 3_000)
  const grain = { create: { width: 4_000, height: 3_000, channels: 3, background: '#888' } } as const
  const ground = await sharp({
    create: { ...grain.create, noise: { type: 'gaussian', mean: 128, sigma: 20 } },
  })
    .png({ compressionLevel: 0 })
    .toBuffer()
  return sharp(ground)
    .composite([{ input: pet, blend: 'overlay' }])
    .jpeg({ quality: 88 })
    .toBuffer()
}
