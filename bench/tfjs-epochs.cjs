// Trains one model with tfjs-node's own `model.fit`, an epoch whenever a line comes in; told what to build by a line of JSON.
'use strict'
process.env.TF_CPP_MIN_LOG_LEVEL = '3'
const { readFileSync } = require('node:fs')
const readline = require('node:readline')
const util = require('node:util')
util.isNullOrUndefined ??= (value) => value === null || value === undefined
util.isArray ??= Array.isArray
const answer = (values) => process.stdout.write(`${JSON.stringify(values)}\n`)
// What the library prints must not mix with the answers.
console.log = console.info = console.warn = console.error
const tf = require('@tensorflow/tfjs-node-gpu')

function floats(file) {
  const bytes = readFileSync(file)
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
}

function build({ shape, layers, loss }) {
  const model = tf.sequential()
  layers.forEach(([kind, params], index) => {
    model.add(tf.layers[kind]({ ...params, ...(index === 0 && { inputShape: shape }) }))
  })
  model.compile({
    optimizer: tf.train.adam(0.001),
    loss,
    metrics: loss === 'meanSquaredError' ? [] : ['accuracy'],
  })
  return model
}

async function main() {
  const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]()
  const plan = JSON.parse((await lines.next()).value)
  const model = build(plan)
  const inputs = tf.tensor(floats(plan.inputs), [plan.samples, ...plan.shape])
  const labels = floats(plan.targets)
  const targets =
    plan.units > 1
      ? tf.oneHot(tf.tensor1d(Int32Array.from(labels), 'int32'), plan.units).toFloat()
      : tf.tensor2d(labels, [plan.samples, 1])
  answer({ ready: true, version: tf.version['tfjs-core'] })
  for (let line = await lines.next(); !line.done; line = await lines.next()) {
    const started = performance.now()
    await model.fit(inputs, targets, { batchSize: plan.batch, epochs: 1, verbose: 0 })
    answer({ seconds: (performance.now() - started) / 1000 })
  }
}

void main()
