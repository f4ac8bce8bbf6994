import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { link, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { test } from 'vitest'
import { createDatasetStore } from '../src-main/engine/datasets/store.ts'
import { buildDecoders } from '../src-main/engine/datasets/testing/decoders.ts'
import { memoryOf } from './process-memory.ts'
import { findPython } from './python.ts'
import type { Figure } from './results.ts'
import { median, recordFigures } from './results.ts'

const PICTURES = 8_005
const DIFFERENT = 1_001
const ROUNDS = 3
const LARGE = 400
const LARGE_DIFFERENT = 20
const options = { format: 'pictures', labelsFrom: 'folders', height: 32, width: 32, channels: 1 } as const

/** Importing photos as the courses do, beside what their notebooks use, in turn on the same cores. */
test('import', async () => {
  const found = await findPython()
  if (!found.ok) throw new Error(`Without Python there is nothing to compare with: ${found.reason}`)
  const folder = await mkdtemp(path.join(tmpdir(), 'convas-bench-'))
  const python = startPython(found.path)
  try {
    const photos = await makePhotos(python, folder, {
      name: 'photos',
      count: PICTURES,
      different: DIFFERENT,
      width: 300,
      height: 300,
    })
    const seconds: Record<'one' | 'two' | 'keras' | 'tensorflow' | 'sharp' | 'again', number[]> = {
      one: [],
      two: [],
      keras: [],
      tensorflow: [],
      sharp: [],
      again: [],
    }
    for (let round = 0; round < ROUNDS; round++) {
      for (const decoder of ['tensorflow', 'sharp'] as const) {
        const { first, again } = await importPhotos(photos, path.join(folder, `cache-${decoder}-${round}`), decoder)
        seconds[decoder].push(first)
        seconds.again.push(again)
      }
      for (const name of ['one', 'two', 'keras'] as const) seconds[name].push(await python.run(name, photos))
    }
    const rate = (name: keyof typeof seconds) =>
      `${Math.round(PICTURES / median(seconds[name])).toLocaleString('en')} a second`
    const against = (ours: 'tensorflow' | 'sharp', other: 'one' | 'two' | 'keras') =>
      `${median(seconds[other].map((time, round) => time / (seconds[ours][round] ?? Number.NaN))).toFixed(2)} (${rate(ours)} to ${rate(other)})`
    const large = await makePhotos(python, folder, {
      name: 'large',
      count: LARGE,
      different: LARGE_DIFFERENT,
      width: 4_000,
      height: 3_000,
    })
    const memory = await importLarge(large, folder)
    const figures: Figure[] = [
      { what: 'native TensorFlow against Pillow, one thread', wanted: '≥ 1.5', measured: against('tensorflow', 'one') },
      {
        what: 'native TensorFlow against Pillow, two processes',
        wanted: '≥ 1',
        measured: against('tensorflow', 'two'),
      },
      { what: 'sharp against Pillow, one thread', wanted: '≥ 0.7', measured: against('sharp', 'one') },
      {
        what: 'native TensorFlow against Keras’s image_dataset_from_directory, which does not antialias',
        wanted: '–',
        measured: against('tensorflow', 'keras'),
      },
      { what: 'second opening', wanted: '≤ 0.5 s', measured: `${median(seconds.again).toFixed(2)} s` },
      {
        what: `greatest memory of all processes while ${LARGE} photos of 12 megapixels are imported`,
        wanted: '≤ 800 MB',
        measured: `${memory.megabytes} MB (${memory.perSecond.toFixed(0)} photos a second)`,
      },
    ]
    await recordFigures(
      'Import',
      `${PICTURES.toLocaleString('en')} JPEG photos of about 300 × 300 (${DIFFERENT} different ones) to 32 × 32 grey; medians of ${ROUNDS} rounds in turn, the starts of our processes, the listing and the check for repeats included, those of Python not. Ratios above 1: Convas is faster. Load of the machine meanwhile, 15-minute average, other work included: ${(loadavg()[2] ?? 0).toFixed(1)}.`,
      figures,
    )
  } finally {
    python.stop()
    await rm(folder, { recursive: true, force: true })
  }
})

interface PythonDecoder {
  /** Seconds. */
  readonly run: (...words: readonly (string | number)[]) => Promise<number>
  readonly stop: () => void
}

function startPython(python: string): PythonDecoder {
  const script = fileURLToPath(new URL('import-pictures.py', import.meta.url))
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'ignore'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    run: async (...words) => {
      child.stdin.write(`${words.join('\t')}\n`)
      const answer: IteratorResult<string> = await lines.next()
      if (answer.done === true) throw new Error('Python ended before it answered.')
      return Number(answer.value)
    },
    stop: () => child.kill(),
  }
}

/** A few different photos, linked under so many names. */
async function makePhotos(
  python: PythonDecoder,
  folder: string,
  {
    name,
    count,
    different,
    width,
    height,
  }: {
    readonly name: string
    readonly count: number
    readonly different: number
    readonly width: number
    readonly height: number
  },
): Promise<string> {
  const place = path.join(folder, name)
  await mkdir(place)
  await python.run('make', place, different, width, height, 1)
  const made = (await readdir(place, { recursive: true })).filter((file) => file.endsWith('.jpg')).sort()
  for (let index = made.length; index < count; index++) {
    const file = made[index % made.length] ?? ''
    await link(path.join(place, file), path.join(place, path.dirname(file), `${String(index).padStart(5, '0')}.jpg`))
  }
  return place
}

async function importPhotos(place: string, cacheFolder: string, decoder: 'tensorflow' | 'sharp') {
  const decoders = await buildDecoders({ tensorflow: decoder === 'tensorflow' })
  try {
    const source = { path: place, options }
    const startMs = performance.now()
    const store = createDatasetStore({ cacheFolder, decoders: decoders.pool, tell: () => undefined })
    const imported = await store.import(source, null, '')
    const firstMs = performance.now() - startMs
    if (!imported.ok) throw new Error(imported.error.message)
    const { train, test: tested } = imported.value.descriptor.counts
    if (train + tested !== PICTURES) throw new Error(`${PICTURES} pictures were expected. Received: ${train + tested}`)
    const again = createDatasetStore({ cacheFolder, decoders: decoders.pool, tell: () => undefined })
    const againMs = performance.now()
    const opened = await again.open(imported.value.source)
    if (!opened.ok) throw new Error(opened.error.message)
    return { first: firstMs / 1000, again: (performance.now() - againMs) / 1000 }
  } finally {
    decoders.close()
  }
}

/** By the built program, as a person would: the command line, its engine and its decoders. */
async function importLarge(place: string, folder: string) {
  const program = path.resolve('out', 'main', 'convas.js')
  if (!existsSync(program)) throw new Error('Build the program first: npm run build')
  const child = spawn(process.execPath, [program, 'data', 'import', place, '--input', '32x32x1', '--json'], {
    env: { ...process.env, CONVAS_CACHE: path.join(folder, 'large-cache'), CONVAS_HOME: path.join(folder, 'home') },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const startMs = performance.now()
  let greatest = 0
  const timer = setInterval(() => {
    greatest = Math.max(greatest, memoryOf(child.pid ?? 0))
  }, 100)
  await new Promise((resolve) => child.on('exit', resolve))
  clearInterval(timer)
  return { megabytes: Math.round(greatest / 1e6), perSecond: LARGE / ((performance.now() - startMs) / 1000) }
}
