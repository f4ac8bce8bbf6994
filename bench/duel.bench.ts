import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { median, recordFigures } from './results.ts'

const program = fileURLToPath(new URL('../out/main/convas.js', import.meta.url))
const ROUNDS = 5
const EPOCHS = 3

/** Two models in step on the same batches, and each by itself, in turn; each run is a process of its own, as in the window. */
test('a duel costs no more than its models one by one', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'convas-duel-'))
  const rounds: { readonly cnn: number; readonly mlp: number; readonly duel: number }[] = []
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const cnn = await train(folder, ['cnn'])
      const mlp = await train(folder, ['mlp'])
      rounds.push({ cnn, mlp, duel: await train(folder, ['cnn', 'mlp']) })
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const seconds = (read: (round: (typeof rounds)[number]) => number) => median(rounds.map(read)).toFixed(2)
  const ratio = median(rounds.map(({ cnn, mlp, duel }) => duel / (cnn + mlp)))
  await recordFigures(
    'A duel against its models one by one',
    `lenet-cat-dog and its MLP on the doodles, ${EPOCHS} epochs each, from the start of the run to its end, medians of ${ROUNDS} rounds ` +
      `taken in turn, the ratio of each round. Load of the machine, 5-minute average, these measurements included: ${(loadavg()[1] ?? 0).toFixed(1)} on ${cpus().length} cores.`,
    [
      { what: 'the CNN by itself, seconds', wanted: '', measured: seconds(({ cnn }) => cnn) },
      { what: 'the MLP by itself, seconds', wanted: '', measured: seconds(({ mlp }) => mlp) },
      { what: 'both in step, seconds', wanted: '', measured: seconds(({ duel }) => duel) },
      { what: 'both in step / the sum of both by themselves', wanted: '≤ 1.1', measured: ratio.toFixed(2) },
    ],
  )
  expect(Number.isFinite(ratio)).toBe(true)
})

/** Seconds from the first word of a run to its last: training, judging, and what is written. */
async function train(folder: string, models: readonly string[]): Promise<number> {
  const wanted = models.flatMap((model) => ['--model', model])
  const run = spawn(
    process.execPath,
    [program, 'train', 'lenet-cat-dog', ...wanted, '--epochs', String(EPOCHS), '--out', folder, '--json'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  let [started, ended] = [NaN, NaN]
  for await (const line of createInterface({ input: run.stdout })) {
    if (line.includes('"type":"run-started"')) started = performance.now()
    if (line.includes('"type":"run-finished"')) ended = performance.now()
  }
  if (!(ended > started)) throw new Error(`The run of ${models.join(' and ')} did not come to its end.`)
  return (ended - started) / 1_000
}
