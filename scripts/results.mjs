import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { inProject, projectFolder } from './lib/folders.mjs'
import { say, seconds } from './lib/terminal.mjs'

// Trains the courses' models as their templates say, and writes what came of it to docs/results: `npm run results [template…]`.

const runs = [
  {
    template: 'lenet-cat-dog',
    course: 'the CNN ahead of the MLP by 8 points or more on the test set',
    times: 2,
    weights: 'best',
    shift: true,
  },
  { template: 'kopo-1ch', course: 'test accuracy 0.9488 in the course; 0.94 or more wanted' },
  { template: 'kopo-32-64', course: 'test accuracy 0.9864 in the course; 0.985 or more wanted' },
  { template: 'mnist-cnn', course: 'validation accuracy 0.9913 in the course; 0.990 or more within 10 epochs wanted' },
]
const folder = path.join(projectFolder, 'docs', 'results')
const program = inProject('out', 'main', 'convas.js')

const percent = (share) => `${(share * 100).toFixed(2)} %`
const interval = (judged) =>
  judged ? `${percent(judged.accuracy)} (${percent(judged.interval.low)} to ${percent(judged.interval.high)})` : '–'
const count = (number) => number.toLocaleString('en')

/** Runs the command line with --json; every line that it prints is handed on as an object. */
function convas(args, onEvent) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] })
    createInterface({ input: child.stdout }).on('line', (line) => onEvent(JSON.parse(line)))
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`convas ${args[0]} ended with ${code}.`))))
  })
}

async function train({ template, weights = 'result', shift = false }, out) {
  const events = []
  await convas(['train', template, '--out', out], (event) => {
    if (event.type !== 'step') events.push(event)
    if (event.type !== 'epoch') return
    const shown = event.valAccuracy ?? event.accuracy
    say(`  ${event.model}, epoch ${event.epoch}: ${shown === null ? event.loss : percent(shown)}`)
  })
  const { dir } = events.find(({ type }) => type === 'run-started')
  let evaluated = null
  await convas(['evaluate', dir, '--weights', weights], (answer) => (evaluated = answer))
  let curves = null
  if (shift) await convas(['shift', dir, '--weights', weights], (answer) => (curves = answer))
  return {
    record: JSON.parse(readFileSync(path.join(dir, 'run.json'), 'utf8')),
    events,
    curves,
    ...evaluated.comparison,
  }
}

/** Times, and what a run is called after the time of its start. */
const times = new Set(['seconds', 'samplesPerSecond', 'secondsPerEpoch', 'run'])

/** What has to be the same for the same seed: all figures but times. */
function figuresOf({ events, models, pairs, curves }) {
  const epochs = events.filter(({ type }) => type === 'epoch')
  return JSON.stringify([epochs, models, pairs, curves?.accuracy], (key, value) => (times.has(key) ? undefined : value))
}

/** Test accuracy with all pictures moved to the right, in pixels; the points lost against those that were not moved. */
function shiftTable({ levels, accuracy }, models) {
  const still = levels.indexOf(0)
  const cell = (shares, level) => `${percent(shares[level])} (${((shares[level] - shares[still]) * 100).toFixed(1)})`
  return [
    `| pixels to the right | ${models.map(({ name }) => `${name}, points lost`).join(' | ')} |`,
    `|---:|${models.map(() => '---:').join('|')}|`,
    ...levels.map((level, index) => `| ${level} | ${accuracy.map((shares) => cell(shares, index)).join(' | ')} |`),
    '',
  ]
}

function describe({ template, course }, [first, ...others]) {
  const { record, events, models, pairs, curves } = first
  const started = events.find(({ type }) => type === 'run-started')
  const { version } = JSON.parse(readFileSync(inProject('package.json'), 'utf8'))
  const isSame = others.length > 0 && others.every((other) => figuresOf(other) === figuresOf(first))
  const { samples, data } = started
  return [
    `# ${record.project.name}`,
    '',
    `Made by \`npm run results ${template}\`; the course: ${course}.`,
    '',
    `- Data: ${data.titles.en}, ${count(samples.train)} samples to train on, ${count(samples.validation)} to validate, ${count(samples.test)} to test; SHA-256 of the data \`${data.hash}\``,
    `- Seed ${record.seed}, batch ${record.project.recipe.batchSize}, ${record.project.recipe.epochs} epochs`,
    `- Convas ${version}, TensorFlow ${record.backend.version}, Node ${record.versions.node}; ${record.backend.device}`,
    ...(others.length > 0
      ? [
          `- Trained ${others.length + 1} times: ${isSame ? 'every figure but times the same to the last digit' : '**the figures differ**'}`,
        ]
      : []),
    '',
    '| model | parameters | multiply-adds | seconds an epoch | best epoch | epoch judged | validation, 95 % interval | test, 95 % interval |',
    '|---|---:|---:|---:|---:|---:|---:|---:|',
    ...models.map(
      (one) =>
        `| ${one.name} | ${count(one.parameters)} | ${count(one.multiplyAdds)} | ${one.secondsPerEpoch.toFixed(1)} | ${one.bestEpoch} | ${one.epoch} | ${interval(one.validation)} | ${interval(one.test)} |`,
    ),
    ...pairs.flatMap(({ text, pValue, onlyFirst, onlySecond, both, neither }) => [
      '',
      `${typeof text === 'string' ? text : text.en} McNemar's exact test: p = ${pValue.toExponential(2)}; only the first right ${count(onlyFirst)}, only the second ${count(onlySecond)}, both ${count(both)}, neither ${count(neither)}.`,
    ]),
    '',
    ...(curves === null ? [] : shiftTable(curves, models)),
    'Seconds depend on the machine and on what else it does; the other figures follow from the seed and, in the last digits, from the kind of processor.',
    '',
    '| model | epoch | loss | accuracy | validation loss | validation accuracy | seconds |',
    '|---|---:|---:|---:|---:|---:|---:|',
    ...events
      .filter(({ type }) => type === 'epoch')
      .map(
        (one) =>
          `| ${one.model} | ${one.epoch} | ${one.loss.toFixed(4)} | ${one.accuracy.toFixed(4)} | ${one.valLoss.toFixed(4)} | ${one.valAccuracy.toFixed(4)} | ${one.seconds.toFixed(1)} |`,
      ),
    '',
  ].join('\n')
}

async function main() {
  if (!existsSync(program)) throw new Error('The program is not built yet. Run npm run build.')
  const wanted = process.argv.slice(2)
  const unknown = wanted.filter((name) => !runs.some(({ template }) => template === name))
  if (unknown.length > 0)
    throw new Error(
      `One of ${runs.map(({ template }) => template).join(', ')} was expected. Received: ${unknown.join(', ')}`,
    )
  mkdirSync(folder, { recursive: true })
  for (const one of runs) {
    if (wanted.length > 0 && !wanted.includes(one.template)) continue
    const startMs = Date.now()
    const trained = []
    for (let time = 0; time < (one.times ?? 1); time++) {
      say(one.template)
      const out = mkdtempSync(path.join(tmpdir(), 'convas-results-'))
      try {
        trained.push(await train(one, out))
      } finally {
        rmSync(out, { recursive: true, force: true })
      }
    }
    writeFileSync(path.join(folder, `${one.template}.md`), describe(one, trained))
    say(`  docs/results/${one.template}.md, ${seconds(startMs)}`)
  }
}

main().catch((error) => {
  say(error.message)
  process.exitCode = 1
})
