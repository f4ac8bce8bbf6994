import { mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** A real process that speaks the engines' protocol and does what a method's name and params tell it to. */
const script = `
const fs = require('node:fs')
const start = JSON.parse(process.argv[2])
let count = 0
let judging = null
process.on('disconnect', () => process.exit(0))
process.on('message', ({ id, method, params }) => {
  count += 1
  const answer = (value) => process.send({ kind: 'answer', id, result: { ok: true, value } })
  if (method === 'backend') answer({ backend: 'cpu', device: start.engine, version: String(count), advice: null })
  if (method === 'job.cancel' && params.job === 'crash') {
    process.stderr.write('the driver is gone', () => process.exit(7))
  }
  if (method === 'job.cancel' && params.job === 'abort') process.kill(process.pid, 'SIGABRT')
  if (method === 'job.cancel' && params.job === 'memory') {
    process.stderr.write('std::bad_alloc', () => process.exit(1))
  }
  if (method === 'dataset.imported') answer([])
  if (method === 'dataset.describe' && params.job === 'cli') {
    const isSmall = params.source.source === 'mnist'
    answer({ shape: isSmall ? [2, 2, 1] : [32, 32, 3], kind: 'pictures', task: 'classification', classes: ['a', 'b', 'c'], classCounts: [4, 4, 1], heldOut: 0 })
  }
  if (method === 'dataset.describe' && params.job === 'export') {
    answer({ title: 'Tiny', titles: { en: 'Tiny', ko: 'Tiny' }, shape: [32, 32, 1], kind: 'pictures', task: 'classification', classes: ['a', 'b'], counts: { train: 2, test: 2 }, heldOut: 0, origin: 'drawn', hash: 'h' })
  }
  // Judges until it is cancelled, and then answers as if it had just come to its end.
  if (method === 'run.judge') {
    judging = id
    fs.writeFileSync(params.models[0].folder + '/judging', '')
  }
  if (method === 'job.cancel' && params.job === 'export') {
    answer(null)
    process.send({ kind: 'answer', id: judging, result: { ok: true, value: { judged: [], classes: [] } } })
  }
  if (method === 'run.sweep') {
    answer({ kind: params.kind, levels: [0], samples: 2, accuracy: params.models.map(() => [1]) })
  }
  if (method === 'dataset.pictures') {
    answer({ shape: [2], indices: params.indices, labels: [1], pixels: new Uint8Array([7, 255]), numbers: new Float32Array([0.5]) })
  }
  if (method === 'dataset.describe' && params.job === 'sweep') {
    answer({ shape: [params.source.windows ? params.source.windows.lookBack : 288, 1], kind: 'series', task: 'regression', classes: [], classCounts: [], heldOut: 0 })
  }
  if (params.project && params.project.name === 'Cells') {
    // A run folder as an engine leaves it; the loss follows from the first dense layer, so that cells differ.
    const { folder, project, models, run } = params
    const units = project.models[0].nodes.find((node) => node.layer === 'dense').params.units
    fs.appendFileSync(folder + '/../begun.txt', run + '\\n')
    fs.writeFileSync(folder + '/run.json', JSON.stringify({ project, models }))
    fs.mkdirSync(folder + '/checkpoints')
    fs.writeFileSync(folder + '/checkpoints/000001.bin', '')
    answer(null)
    const told = [{ type: 'run-started', run, models: models.map((id) => ({ id, name: id, parameters: units })) }]
    const loss = 1 / units
    for (let epoch = 1; epoch <= project.recipe.epochs; epoch++) told.push({ type: 'epoch', model: models[0], epoch, loss, accuracy: null, valLoss: loss, valAccuracy: null, seconds: 1 })
    if (units === 13) told.push({ type: 'failed', code: 'training-failed', message: 'It does not learn.' })
    else told.push({ type: 'model-finished', model: models[0], reason: units === 17 ? 'diverged' : 'completed', best: null, test: { loss, accuracy: null, samples: 1 } }, { type: 'run-finished', run })
    fs.writeFileSync(folder + '/metrics.jsonl', told.map((event) => JSON.stringify(event) + '\\n').join(''))
    process.send({ kind: 'training', events: told })
  } else if (method === 'training.start' && params.project.name === 'Refused') {
    process.send({ kind: 'answer', id, result: { ok: false, error: { code: 'invalid-model', message: 'It does not fit.' } } })
  } else if (method === 'training.start') {
    answer(null)
    const tell = (event) => process.send({ kind: 'training', events: [event] })
    tell({ type: 'state', state: 'running' })
    tell({ type: 'step', model: 'cnn', step: 1, epoch: 1, loss: 0.7, accuracy: null })
    for (const step of [1, 2]) {
      tell({ type: 'progress', epoch: 1, step, secondsElapsed: step, secondsLeft: null, samplesPerSecond: 1 })
    }
    process.send({ kind: 'probe', probe: { model: 'cnn', step: 1, epoch: 0, picture: { part: 'test', index: 0 }, maps: [], kernels: [], weights: [], prediction: [0.5] } })
  }
  if (method === 'training.goOn') {
    const told = JSON.parse(fs.readFileSync(params.folder + '/run.json', 'utf8'))
    if (told.refuse) process.send({ kind: 'answer', id, result: { ok: false, error: { code: 'invalid-run', message: told.refuse } } })
    else {
      process.send({ kind: 'training', events: [{ type: 'run-resumed', run: params.run, dir: params.folder, backend: 'cpu', device: 'd', models: [], epochs: 2 + params.moreEpochs, stepsPerEpoch: 1, epoch: 2, step: 2, time: '' }, { type: 'state', state: 'running' }] })
      answer({ project: told.project, history: told.history })
    }
  }
  if (method === 'training.start' && params.project.name === 'Memory') process.stderr.write('std::bad_alloc', () => process.exit(1))
  if (method === 'training.start' && params.project.name === 'Quick') {
    process.send({ kind: 'training', events: [{ type: 'run-finished', run: params.run }] })
  }
  if (method === 'training.start' && params.project.name === 'Crash') process.exit(9)
  if (method === 'training.start' && params.project.name === 'Diverge') {
    process.send({ kind: 'training', events: [{ type: 'failed', code: 'training-failed', message: 'The loss is no number.' }] })
  }
  if (method === 'training.stop') {
    answer(null)
    process.send({ kind: 'training', events: [{ type: 'run-finished', run: 'x' }] })
  }
  if (method === 'training.pause') process.exit(3)
})
process.send({ kind: 'ready' })
`

/** The path of the tiny engine's script. */
export function writeTinyEngine(): string {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'convas-engine-')), 'engine.cjs')
  writeFileSync(file, script)
  return file
}
