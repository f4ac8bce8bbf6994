import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { build } from 'vite'
import { beforeAll, expect, test } from 'vitest'
import { writeProject } from '../../common/project/write-project.ts'
import { sampleProject } from '../testing/sample-project.ts'
import { writeTinyEngine } from '../testing/tiny-engine.ts'

// The command line as it is built, but over the tiny engine: what is shown is how it answers, not how it trains.
const clone = mkdtempSync(path.join(os.tmpdir(), 'convas-cli-'))
const program = path.join(clone, 'out', 'main', 'convas.js')

beforeAll(async () => {
  mkdirSync(path.join(clone, 'out', 'renderer'), { recursive: true })
  writeFileSync(path.join(clone, 'out', 'renderer', 'index.html'), '<!doctype html><title>Convas</title>')
  copyFileSync('package.json', path.join(clone, 'package.json'))
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: 'src-main/host/cli/convas.ts',
      outDir: path.dirname(program),
      target: 'node16',
      rolldownOptions: { output: { format: 'cjs', entryFileNames: 'convas.js' } },
    },
  })
  copyFileSync(writeTinyEngine(), path.join(path.dirname(program), 'engine.js'))
})

function start(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const inherited = { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '' }
  const child = spawn(process.execPath, [program, ...args], {
    cwd: clone,
    env: {
      ...inherited,
      CONVAS_HOME: path.join(clone, 'home'),
      CONVAS_CACHE: path.join(clone, 'cache'),
      ...environment,
    },
  })
  const written = { out: '', error: '' }
  child.stdout.on('data', (chunk: Buffer) => (written.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (written.error += chunk.toString()))
  const ended = once(child, 'close').then(([code]) => code as number)
  return { child, written, ended }
}

async function convas(...args: readonly string[]) {
  const { written, ended } = start(args)
  const code = await ended
  return { code, ...written }
}

function writeFile(name: string, content: string): string {
  const file = path.join(clone, name)
  writeFileSync(file, content)
  return file
}

function eventsOf(output: string): { readonly type: string }[] {
  return output
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { type: string })
}

test('an export on top of an earlier one names the option that replaces it', async () => {
  const wanted = [
    'export',
    writeFile('graph.convas', writeProject(sampleProject())),
    '--to',
    'graph-svg',
    '--model',
    'cnn',
  ]
  const out = ['--out', 'graph.svg'] as const
  expect(await convas(...wanted, ...out)).toMatchObject({ code: 0, error: '' })
  const refused = await convas(...wanted, ...out)
  expect(refused.code).not.toBe(0)
  expect(refused.error).toContain('exists already. Add --force to replace it')
  expect(await convas(...wanted, ...out, '--force')).toMatchObject({ code: 0, error: '' })
  const onProject = await convas(...wanted, '--out', 'graph.convas', '--force')
  expect(onProject.error).toContain('did not write in this form')
})

test('help and version are no faults', async () => {
  expect(await convas('--version')).toEqual({ code: 0, out: '0.1.0\n', error: '' })
  expect(await convas('train', '--help')).toMatchObject({ code: 0, error: '' })
})

test.each([
  [[], 'Usage: convas'],
  [['learn'], "unknown command 'learn'"],
  [['summary'], "missing required argument 'project|template|notation'"],
  [['summary', 'C6@@'], 'At character 4'],
  [['summary', 'C6', '--input', '0x3'], 'One to three sizes'],
  [['serve', '--port', '70000'], 'A port from 0 to 65535'],
  [['train', 'mnist-cnn', '--epochs', 'ten'], 'A whole number above zero'],
  [['train', 'mnist-cnn', '--epochs', '-1'], 'A whole number above zero'],
  [['train', 'mnist-cnn', '--epochs', '1000000000'], '--epochs: '],
  [['summary', 'nosuch'], 'lenet-cat-dog'],
  [['train', 'mnist-cnn', '--seed', '99999999999'], '--seed: '],
  [['train', 'mnist-cnn', '--backend', 'gpu'], 'Allowed choices are auto, tensorflow, wasm, cpu'],
  [['train', 'mnist-cnn', '--model', 'mlp'], '--model: one of'],
  [['train', 'no-such-template'], 'lenet-cat-dog'],
  [['train'], 'a run after --resume was expected'],
  [['train', '--resume', '.', '--seed', '3'], 'leave --seed out'],
  [['sweep', 'traffic-conv1d'], 'At least one field to vary'],
  [['sweep', 'traffic-conv1d', '--vary', 'fc1.units'], 'field=value,value was expected'],
  [['sweep', 'traffic-conv1d', '--vary', 'fc1.units=1,x'], 'fc1.units: a whole number was expected'],
  [['sweep', 'traffic-conv1d', '--vary', 'fc9.units=1'], 'conv1d.fc1.units, conv1d.fc2.units was expected'],
  [['sweep', 'traffic-conv1d', '--vary', 'fc1.units=1', '--by', 'luck'], 'One of loss, accuracy'],
  [['sweep'], 'a sweep after --resume was expected'],
  [['kfold', 'lenet-cat-dog', '--folds', '1'], '--folds: a whole number from 2 to 100'],
  [['data', 'inspect'], "missing required argument 'path'"],
  [['data', 'inspect', 'x', '--as', 'photos'], 'One of pictures, arrays, series, table'],
  [['data', 'import', 'x', '--options', '{'], '--options: JSON such as'],
  [['data', 'import', 'x', '--options', '{"format":"series","lookBack":0}'], '--options: lookBack'],
  [['kernels', 'run'], "required option '--layer <id>'"],
])('wrong use: convas %j', async (args, words) => {
  const { code, error } = await convas(...args)
  expect(code).toBe(2)
  expect(error).toContain(words)
})

test('wrong use with --json is told as a document too', async () => {
  const { code, out, error } = await convas('train', 'lenet-cat-dog', '--backend', 'foo', '--json')
  expect([code, error]).toEqual([2, expect.stringContaining('Allowed choices')])
  expect(JSON.parse(out)).toEqual({
    ok: false,
    error: { code: 'invalid-request', message: expect.stringMatching(/^option '--backend/) as string },
  })
})

test.each([
  ['a missing file', () => 'nothing.convas', 'There is no'],
  ['a damaged file', () => writeFile('damaged.convas', '{"format": "convas-project", '), 'damaged'],
  [
    'a newer file',
    () => writeFile('newer.convas', writeProject(sampleProject()).replace('"version": 1', '"version": 9')),
    'newer',
  ],
  [
    'an unknown layer',
    () => writeFile('layer.convas', writeProject(sampleProject()).replace('"conv2d"', '"conv9d"')),
    'conv9d',
  ],
])('%s is told by a sentence, and with --json as a document', async (_, write, words) => {
  const file = write()
  const people = await convas('summary', file)
  expect([people.code, people.out]).toEqual([1, ''])
  expect(people.error).toContain(words)
  const programs = await convas('summary', file, '--json')
  expect([programs.code, programs.error]).toEqual([1, ''])
  expect(JSON.parse(programs.out)).toMatchObject({ error: { message: expect.stringContaining(words) as string } })
})

test('a model with a fault is summed up as far as it goes, with code 1', async () => {
  const cycle = { ...sampleProject(), models: sampleProject().models.slice(0, 1) }
  const [model] = cycle.models
  const faulty = { ...cycle, models: [{ ...model!, edges: [...model!.edges, ['p2', 'c1'] as const] }] }
  const { code, out } = await convas('summary', writeFile('cycle.convas', writeProject(faulty)), '--json')
  const summary = JSON.parse(out) as { models: { problems: { severity: string }[] }[] }
  expect(code).toBe(1)
  expect(summary.models[0]?.problems.map(({ severity }) => severity)).toContain('error')
})

test('a project without models is told to have none, and trains nothing', async () => {
  const file = writeFile('empty.convas', writeProject({ ...sampleProject(), models: [] }))
  expect(await convas('summary', file)).toEqual({
    code: 0,
    out: 'The project has no model. Add one on the canvas, or start from a template.\n',
    error: '',
  })
  expect(await convas('train', file)).toEqual({
    code: 1,
    out: '',
    error: 'convas: The project has no model to train. Add one on the canvas, or start from a template.\n',
  })
  expect(existsSync(path.join(clone, 'empty.runs'))).toBe(false)
})

test('what was mended in a project file is told, and not among the JSON', async () => {
  const file = writeFile('twice.convas', writeProject(sampleProject()).replace('"id": "p1"', '"id": "c1"'))
  const { out, error } = await convas('summary', file, '--json')
  expect(error).toMatch(/^convas: twice\.convas: Two layers of "LeNet-5" had the id "c1"; one is now "\w+"\.$/m)
  expect(() => JSON.parse(out) as unknown).not.toThrow()
})

test('summary and templates print one JSON document', async () => {
  const summary = await convas('summary', 'C6@5s-P-F-FC10', '--input', '28x28x1', '--json')
  expect(summary.code).toBe(0)
  expect(JSON.parse(summary.out)).toMatchObject({
    models: [{ notation: 'C6@5s-P-F-FC10', parameters: 11_926, problems: [] }],
  })
  const templates = JSON.parse((await convas('templates', '--json')).out) as { templates: { id: string }[] }
  expect(templates.templates[0]?.id).toBe('lenet-cat-dog')
})

test('training prints its events, one JSON a line, and makes the run folder where it was told to', async () => {
  const file = writeFile('quick.convas', writeProject(sampleProject('Quick')))
  const { code, out } = await convas('train', file, '--json', '--out', path.join(clone, 'runs'))
  expect([code, eventsOf(out).map(({ type }) => type)]).toEqual([0, ['step', 'run-finished']])
  expect(readdirSync(path.join(clone, 'runs'))).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\dT/)])
})

test('a template trains on data of another shape and other classes, and tells what was fitted to them', async () => {
  const file = writeFile('quick.convas', writeProject(sampleProject('Quick')))
  const [told, notes] = eventsOf((await convas('train', file, '--data', 'shapes-in-colour', '--json')).out)
  expect(told).toEqual({
    type: 'adapted',
    changes: [
      { model: null, change: 'Loss: categoricalCrossentropy' },
      { model: 'LeNet-5', change: 'in: Set the shape to 32×32×3' },
      { model: 'LeNet-5', change: 'FC1: Set units to 3' },
      { model: 'MLP', change: 'in: Set the shape to 32×32×3' },
      { model: 'MLP', change: expect.stringMatching(/^FC\d: Set units to 3$/) as string },
    ],
  })
  expect(notes).toEqual({ type: 'data-notes', notes: [expect.stringContaining('a single sample to train on: 1.')] })
  const people = await convas('train', file, '--data', 'shapes-in-colour')
  expect(people.error).toContain('note: Classes with a single sample')
  expect([people.code, people.error]).toEqual([0, expect.stringContaining('fitted to the data: LeNet-5, ')])
  const small = await convas('train', file, '--data', 'mnist')
  expect([small.code, small.error]).toEqual([
    1,
    expect.stringMatching(/"LeNet-5" cannot take samples of 2×2×1\. .*--input 32x32x1/),
  ])
})

test("the runs of a project lie beside its file, those of a template with the user's projects", async () => {
  const file = writeFile('beside.convas', writeProject(sampleProject('Quick')))
  await convas('train', file)
  expect(existsSync(path.join(clone, 'beside.runs'))).toBe(true)
  const { child, written, ended } = start(['train', 'mnist-cnn', '--json'])
  await expect.poll(() => written.out).toContain('step')
  child.kill('SIGTERM')
  expect(await ended).toBe(130)
  expect(existsSync(path.join(clone, 'home', 'projects', 'mnist-cnn.runs'))).toBe(true)
})

test('Ctrl-C stops a run at the end of a batch, with code 130', async () => {
  const { child, written, ended } = start(['train', 'lenet-cat-dog', '--json'])
  await expect.poll(() => written.out, { timeout: 10_000 }).toContain('step')
  child.kill('SIGINT')
  expect(await ended).toBe(130)
  expect(eventsOf(written.out).map(({ type }) => type)).toEqual(['step', 'run-finished'])
})

test('shift asks those models of a run that were trained, not all of its project', async () => {
  const folder = path.join(clone, 'shift.runs', 'r')
  mkdirSync(folder, { recursive: true })
  writeFile('shift.runs/r/run.json', JSON.stringify({ project: sampleProject(), models: ['cnn'] }))
  const { code, out } = await convas('shift', folder, '--json')
  expect([code, JSON.parse(out)]).toEqual([0, expect.objectContaining({ models: ['cnn'], accuracy: [[1]] })])
})

test('Ctrl-C ends a report with code 130, and nothing of it is left', async () => {
  const folder = path.join(clone, 'report.runs', 'r')
  mkdirSync(folder, { recursive: true })
  writeFile('report.runs/r/run.json', JSON.stringify({ project: sampleProject() }))
  const { child, ended } = start([
    'export',
    folder,
    '--to',
    'report',
    '--out',
    path.join(clone, 'paper', 'report.html'),
  ])
  await expect.poll(() => existsSync(path.join(folder, 'judging')), { timeout: 10_000 }).toBe(true)
  child.kill('SIGINT')
  expect(await ended).toBe(130)
  expect(existsSync(path.join(clone, 'paper'))).toBe(false)
})

test('--resume goes on with a run, by its folder or by its id, for as many more epochs as --epochs says', async () => {
  const folder = path.join(clone, 'beside.runs', 'r')
  mkdirSync(folder, { recursive: true })
  writeFile('beside.runs/r/run.json', JSON.stringify({ project: sampleProject(), history: 0 }))
  const file = writeFile('beside.convas', writeProject(sampleProject('Quick')))
  for (const words of [
    ['--resume', folder],
    [file, '--resume', 'r'],
  ]) {
    const { child, written, ended } = start(['train', ...words, '--epochs', '3', '--json'])
    await expect.poll(() => written.out, { timeout: 10_000 }).toContain('run-resumed')
    child.kill('SIGINT')
    expect(await ended).toBe(130)
    expect(JSON.parse(written.out.split('\n')[0] ?? '')).toMatchObject({ run: 'r', dir: folder, epochs: 5 })
  }
})

test('a run that needs too much memory names the option that takes half of it', async () => {
  const file = writeFile('memory.convas', writeProject(sampleProject('Memory')))
  expect(await convas('train', file, '--batch-size', '64')).toMatchObject({
    code: 1,
    error: expect.stringContaining('--batch-size 32') as string,
  })
})

test.each([
  ['Crash', 'engine-crashed', 'The trainer process ended unexpectedly (exit code 9)'],
  ['Diverge', 'training-failed', 'The loss is no number.'],
])('%s: a run that fails is told and ends with code 1', async (name, code, message) => {
  const file = writeFile(`${name}.convas`, writeProject(sampleProject(name)))
  const programs = await convas('train', file, '--json')
  expect([programs.code, eventsOf(programs.out).at(-1)]).toEqual([
    1,
    expect.objectContaining({ type: 'failed', code, message: expect.stringContaining(message) as string }),
  ])
  const people = await convas('train', file)
  expect([people.code, people.error]).toEqual([1, expect.stringContaining(message)])
})

test('what is not there is told, with code 1', async () => {
  for (const words of [
    ['mnist-cnn', '--resume', 'r'],
    ['--resume', 'no-run'],
  ]) {
    expect(await convas('train', ...words)).toMatchObject({
      code: 1,
      error: expect.stringContaining('The folder of a run was expected') as string,
    })
  }
  expect(await convas('train', 'mnist-cnn', '--data', 'nothing-here')).toMatchObject({
    code: 1,
    error: expect.stringContaining('nothing-here') as string,
  })
  expect(await convas('evaluate', clone)).toMatchObject({
    code: 1,
    error: expect.stringContaining('run.json') as string,
  })
})

test('serve prints an address that opens the app, warns where nothing can be kept, and ends by Ctrl-C', async () => {
  const file = writeFile('no-folder', '')
  const { child, written, ended } = start(['serve'], { CONVAS_HOME: path.join(file, 'home') })
  await expect.poll(() => written.out, { timeout: 10_000 }).toContain('?token=')
  const address = /http:\S+/.exec(written.out)?.[0] ?? ''
  const status = await new Promise((resolve) => http.get(address, (response) => resolve(response.statusCode)))
  expect(status).toBe(303)
  expect(written.error).toMatch(/^convas: settings and new projects cannot be kept\. .* Set CONVAS_HOME to/)
  child.kill('SIGINT')
  expect(await ended).toBe(0)
})

test('open serves where there is no display, and says so', async () => {
  const { child, written, ended } = start(['open', '--no-open'])
  await expect.poll(() => written.out, { timeout: 10_000 }).toContain('?token=')
  expect(written.out).toContain('There is no display here')
  child.kill('SIGINT')
  expect(await ended).toBe(0)
})

test('a port in use ends serve with code 1 and its number', async () => {
  const other = http.createServer()
  other.listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const { code, error } = await convas('serve', '--port', String(port))
  other.close()
  expect([code, error]).toEqual([1, expect.stringContaining(`Port ${port} is in use`)])
})

test('doctor tells what works, and advises on what does not', async () => {
  const { code, out } = await convas('doctor', '--json')
  const report = JSON.parse(out) as { checks: { id: string; ok: boolean; advice: object | null }[] }
  expect(code).toBe(0)
  expect(report.checks.map(({ id }) => id)).toEqual(['native', 'gpu', 'electron', 'display', 'projects', 'cache'])
  expect(report.checks.every(({ ok, advice }) => ok === (advice === null))).toBe(true)
})
