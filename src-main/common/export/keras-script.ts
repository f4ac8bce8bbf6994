import type { KerasValue } from '../layers/keras.ts'
import { isKerasList } from '../layers/keras.ts'
import type { Text } from '../layers/text.ts'
import { kerasOptimizer } from '../training/code/optimizers.ts'
import { writtenLoss } from '../training/code/losses.ts'
import type { Monitored, Recipe } from '../training/recipe.ts'
import type { ExportedLayer, ExportedModel } from './exported-model.ts'
import { kerasConfigOf, snakeCase } from './keras-config.ts'
import { keywordArguments, pythonComment, pythonLiteral, pythonString } from './python.ts'
import type { ScriptOptions, WrittenScript } from './script.ts'
import {
  checkFileName,
  lastActivationOf,
  scriptData,
  scriptEntry,
  scriptHeading,
  sharedNotes,
  weightsFileName,
} from './script.ts'

/** What Keras takes where nothing is said; left out of the code. */
const defaults: Readonly<Record<string, KerasValue>> = {
  padding: 'valid',
  activation: 'linear',
  use_bias: true,
  depth_multiplier: 1,
  kernel_initializer: 'glorot_uniform',
  depthwise_initializer: 'glorot_uniform',
  pointwise_initializer: 'glorot_uniform',
  kernel_regularizer: null,
  depthwise_regularizer: null,
  pointwise_regularizer: null,
}

/** A raw piece of Python among values: only ever made by the dialect below. */
const rawMark = '\u0000'

/** A model as a program for Keras 3 that trains it by its recipe, and checks it where there are weights. */
export function writeKerasScript(options: ScriptOptions): WrittenScript {
  const { project, exported, trainedEpoch } = options
  const { recipe } = project
  const notes = sharedNotes(options)
  const { monitors, metrics } = watchedMetrics(options, notes)
  const loss = writtenLoss(recipe, lastActivationOf(exported))
  const optimizer = kerasOptimizer(recipe)
  const hasOwnSigmoid = exported.layers.some(({ params }) => params['activation'] === 'hardSigmoid')
  const text = [
    scriptHeading({ ...options, notes, needs: '`pip install keras tensorflow numpy` (Keras 3)' }),
    `
import argparse
import math
import os
import pathlib
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent
SEED = ${recipe.seed}
EPOCHS = ${recipe.epochs}
BATCH_SIZE = ${recipe.batchSize}
EVALUATION_BATCH_SIZE = ${recipe.evaluationBatchSize ?? 256}
LEARNING_RATE = ${recipe.optimizer.learningRate}
# What every layer gives, without the batch axis; checked when the model is built.
SHAPES = {
${exported.layers.map((layer) => `    ${pythonString(layer.name)}: ${pythonLiteral(layer.outputShape)},`).join('\n')}
}
PARAMETERS = ${exported.parameters}`.trim(),
    scriptData(options),
    ...(hasOwnSigmoid
      ? [
          `def hard_sigmoid(x):\n    """Of slope 1/5, as in Keras 2 and Convas; that of Keras 3 has slope 1/6."""\n    return keras.ops.clip(0.2 * x + 0.5, 0.0, 1.0)`,
        ]
      : []),
    buildModel(exported, loss.needsScores),
    schedule(recipe),
    `
def compile_model(scores, steps_per_epoch):
    scores.compile(
        optimizer=keras.optimizers.${optimizer.className}(${[
          'learning_rate=learning_rate(steps_per_epoch)',
          keywordArguments(optimizer.arguments),
        ]
          .filter((part) => part !== '')
          .join(', ')}),
        loss=keras.losses.${loss.keras},
        metrics=[${metrics.join(', ')}],
    )`.trim(),
    callbacks(recipe, monitors),
    training(options),
    ...(trainedEpoch === null ? [] : [checking(options)]),
    scriptEntry(options),
  ].join('\n\n\n')
  return { text: `${text}\n`, notes }
}

function layerCode(layer: ExportedLayer, overrides: Readonly<Record<string, KerasValue>> = {}): string {
  const { definition, params, name } = layer
  const config = {
    ...kerasConfigOf(definition, params, {
      initializer: (initializer) => snakeCase(initializer),
      penalty: (kind, strength) => `${rawMark}keras.regularizers.${kind.toUpperCase()}(${strength})`,
    }),
    ...overrides,
  }
  const isPool = 'pool_size' in config
  const said = Object.entries(config).filter(([key, value]) => {
    if (key in defaults && JSON.stringify(defaults[key]) === JSON.stringify(value)) return false
    if (key === 'strides')
      return isPool ? JSON.stringify(value) !== JSON.stringify(config['pool_size']) : !isAllOnes(value)
    return key !== 'dilation_rate' || !isAllOnes(value)
  })
  const settings = said.map(([key, value]) => `${key}=${valueCode(key, value)}`)
  return `layers.${definition.keras.className}(${[...settings, `name=${pythonString(name)}`].join(', ')})`
}

function valueCode(key: string, value: KerasValue): string {
  if (typeof value === 'string' && value.startsWith(rawMark)) return value.slice(1)
  if (key === 'activation' && value === 'hard_sigmoid') return 'hard_sigmoid'
  const isSingle = isKerasList(value) && value.length === 1 && key !== 'target_shape'
  return pythonLiteral(isSingle ? (value[0] ?? null) : value)
}

function isAllOnes(value: KerasValue): boolean {
  return (isKerasList(value) ? value : [value]).every((one) => one === 1)
}

/** A chain as a Sequential, anything else wire by wire. */
function buildModel({ layers, isChain, inputShape, model }: ExportedModel, needsScores: boolean): string {
  const [input, ...others] = layers
  const last = others.at(-1)
  const title = `    """${pythonComment(model.name)}; \`scores\` is what it is trained by."""`
  const checks = `    for name, shape in SHAPES.items():
        assert tuple(model.get_layer(name).output.shape[1:]) == shape, f"{name} gives {model.get_layer(name).output.shape}"
    assert model.count_params() == PARAMETERS, f"{model.count_params()} parameters, {PARAMETERS} were expected"`
  const inputCode = `keras.Input(shape=${pythonLiteral(inputShape)}, name=${pythonString(input?.name ?? 'in')})`
  if (isChain && !needsScores) {
    const lines = [inputCode, ...others.map((layer) => layerCode(layer))].map((code) => `            ${code},`)
    return `def build_model():
${title}
    model = keras.Sequential(
        [
${lines.join('\n')}
        ],
        name="model",
    )
${checks.replace('for name, shape in SHAPES.items():', 'for name, shape in list(SHAPES.items())[1:]:')}
    return model, model`
  }
  const lines = [`    ${input?.name} = ${inputCode}`]
  for (const layer of others) {
    const from = layer.inputs.length === 1 ? layer.inputs[0] : `[${layer.inputs.join(', ')}]`
    if (layer === last && needsScores) {
      const activation = String(layer.params['activation'])
      lines.push(`    # Trained by what comes before the last ${activation}.`)
      lines.push(`    ${layer.name}_scores = ${layerCode(layer, { activation: 'linear' })}(${from})`)
      lines.push(`    ${layer.name} = layers.Activation(${pythonString(activation)})(${layer.name}_scores)`)
    } else lines.push(`    ${layer.name} = ${layerCode(layer)}(${from})`)
  }
  return `def build_model():
${title}
${lines.join('\n')}
    model = keras.Model(${input?.name}, ${last?.name}, name="model")
${checks}
    ${needsScores ? `return model, keras.Model(${input?.name}, ${last?.name}_scores, name="scores")` : 'return model, model'}`
}

function schedule({ schedule = { type: 'constant' } }: Recipe): string {
  const head = 'def learning_rate(steps_per_epoch):\n'
  switch (schedule.type) {
    case 'constant':
      return `${head}    return LEARNING_RATE`
    case 'step':
      return `${head}    return LEARNING_RATE  # lowered by a callback below`
    case 'plateau':
      return `${head}    return LEARNING_RATE  # lowered by ReduceLROnPlateau below`
    case 'exponential':
      return `${head}    return keras.optimizers.schedules.ExponentialDecay(
        LEARNING_RATE, decay_steps=${schedule.decaySteps}, decay_rate=${schedule.rate}, staircase=${schedule.staircase === true ? 'True' : 'False'}
    )`
    case 'cosine': {
      const steps = schedule.decaySteps ?? `max(1, steps_per_epoch * EPOCHS - ${schedule.warmupSteps})`
      return schedule.warmupSteps === 0
        ? `${head}    return keras.optimizers.schedules.CosineDecay(LEARNING_RATE, decay_steps=${steps}, alpha=${schedule.floor})`
        : `${head}    return keras.optimizers.schedules.CosineDecay(
        0.0, decay_steps=${steps}, alpha=${schedule.floor}, warmup_target=LEARNING_RATE, warmup_steps=${schedule.warmupSteps}
    )`
    }
  }
}

interface Watched {
  readonly name: string
  readonly mode: 'min' | 'max'
}

/** The metrics that Keras measures, and by what name it watches one; what it has no equal of is said. */
function watchedMetrics({ project, exported, task }: ScriptOptions, notes: Text[]) {
  const { recipe } = project
  const units = exported.outputShape.at(-1) ?? 1
  const loss = writtenLoss(recipe, lastActivationOf(exported))
  const threshold = recipe.loss === 'hinge' || loss.needsScores ? 0 : 0.5
  const isScored = loss.keras.includes('from_logits=True')
  const metrics =
    task === 'regression'
      ? ['keras.metrics.MeanAbsoluteError(name="mae")', 'keras.metrics.RootMeanSquaredError(name="rmse")']
      : units === 1
        ? [`keras.metrics.BinaryAccuracy(name="accuracy", threshold=${isScored ? 0 : threshold})`]
        : ['keras.metrics.CategoricalAccuracy(name="accuracy")']
  const added: Partial<Record<Monitored, string>> =
    task === 'regression'
      ? { rSquared: 'keras.metrics.R2Score(name="rSquared")' }
      : units === 1
        ? {
            precision: 'keras.metrics.Precision(name="precision")',
            recall: 'keras.metrics.Recall(name="recall")',
            auc: 'keras.metrics.AUC(name="auc")',
          }
        : { topK: `keras.metrics.TopKCategoricalAccuracy(k=${recipe.topK ?? (units > 5 ? 5 : 2)}, name="topK")` }
  const known: Partial<Record<Monitored, string>> = {
    loss: 'loss',
    accuracy: 'accuracy',
    meanAbsoluteError: 'mae',
    rootMeanSquaredError: 'rmse',
  }
  const monitors = (monitor: Monitored | undefined): Watched => {
    const asked = monitor ?? 'loss'
    const extra = added[asked]
    if (extra !== undefined && !metrics.includes(extra)) metrics.push(extra)
    const name = extra === undefined ? known[asked] : asked
    if (name === undefined) {
      const note: Text = {
        en: `Keras does not measure "${asked}" as Convas does: the loss is watched instead.`,
        ko: `Keras에는 Convas와 같은 "${asked}" 지표가 없어 대신 손실을 지켜봅니다.`,
      }
      if (!notes.some(({ en }) => en === note.en)) notes.push(note)
    }
    const isLow = ['loss', 'mae', 'rmse'].includes(name ?? 'loss')
    return { name: `val_${name ?? 'loss'}`, mode: isLow ? 'min' : 'max' }
  }
  const { earlyStopping, schedule } = recipe
  return {
    metrics,
    monitors: {
      stopping: earlyStopping ? monitors(earlyStopping.monitor) : null,
      plateau: schedule?.type === 'plateau' ? monitors(schedule.monitor) : null,
    },
  }
}

function callbacks(
  { earlyStopping, schedule, optimizer }: Recipe,
  monitors: { readonly stopping: Watched | null; readonly plateau: Watched | null },
): string {
  const watched = (monitor: Watched) =>
    `monitor=${pythonString(monitor.name)} if has_validation else ${pythonString(monitor.name.replace(/^val_/, ''))}, mode="${monitor.mode}"`
  const lines: string[] = []
  if (earlyStopping && monitors.stopping)
    lines.push(
      `keras.callbacks.EarlyStopping(${watched(monitors.stopping)}, patience=${earlyStopping.patience}, min_delta=${earlyStopping.minDelta}, restore_best_weights=${earlyStopping.restoreBest ? 'True' : 'False'})`,
    )
  if (schedule?.type === 'plateau' && monitors.plateau)
    lines.push(
      `keras.callbacks.ReduceLROnPlateau(${watched(monitors.plateau)}, factor=${schedule.factor}, patience=${schedule.patience}, min_delta=${schedule.minDelta}, cooldown=${schedule.cooldown}, min_lr=${schedule.minimum})`,
    )
  if (schedule?.type === 'step')
    lines.push(
      `keras.callbacks.LearningRateScheduler(lambda epoch: ${optimizer.learningRate} * ${schedule.gamma} ** (epoch // ${schedule.stepSize}))`,
    )
  if (lines.length === 0) return 'def callbacks(has_validation):\n    return []'
  return `def callbacks(has_validation):\n    return [\n${lines.map((line) => `        ${line},`).join('\n')}\n    ]`
}

function training({ name }: ScriptOptions): string {
  return `def train(epochs):
    keras.utils.set_random_seed(SEED)
    data = load_data()
    model, scores = build_model()
    model.summary()
    x, y = data["train"]
    compile_model(scores, math.ceil(len(x) / BATCH_SIZE))
    held = data["validation"]
    has_validation = len(held[0]) > 0
    scores.fit(
        inputs_of(x),
        targets_of(y),
        batch_size=BATCH_SIZE,
        epochs=epochs,
        validation_data=(inputs_of(held[0]), targets_of(held[1])) if has_validation else None,
        validation_batch_size=EVALUATION_BATCH_SIZE,
        callbacks=callbacks(has_validation),
        class_weight=class_weights(y),
        shuffle=True,
        verbose=2,
    )
    x, y = data["test"]
    if len(x) > 0:
        measured = scores.evaluate(
            inputs_of(x), targets_of(y), batch_size=EVALUATION_BATCH_SIZE, verbose=0, return_dict=True
        )
        print("test: " + ", ".join(f"{key} {value:.4f}" for key, value in measured.items()))
    model.save(FOLDER / "${name}-trained.keras")
    return 0`
}

function checking({ exported, name }: ScriptOptions): string {
  const weighted = exported.layers.filter(({ parameters }) => parameters > 0)
  return `# The weights of each layer in the order of Keras, by their names in ${weightsFileName(name)}.
WEIGHTS = {
${weighted.map((layer) => `    ${pythonString(layer.name)}: ${pythonLiteral([...weightNames(layer)])},`).join('\n')}
}


def check():
    """Compares the answers for some samples with those that Convas gave, with the same weights."""
    model, _ = build_model()
    with np.load(FOLDER / "${weightsFileName(name)}") as stored:
        for layer, names in WEIGHTS.items():
            model.get_layer(layer).set_weights([stored[f"{layer}/{weight}"] for weight in names])
    with np.load(FOLDER / "${checkFileName(name)}") as samples:
        answers = model.predict(inputs_of(samples["x"]), verbose=0)
        difference = float(np.max(np.abs(answers - samples["y"])))
    print(f"{len(answers)} samples, largest difference from Convas {difference:.3g}")
    return 0 if difference <= 1e-4 else 1`
}

/** Names in the order of Keras, which is that of Convas. */
export function weightNames({ definition, params, inputShapes, outputShape, name }: ExportedLayer): readonly string[] {
  const written = definition.torch?.({ name, inputs: inputShapes, output: outputShape }, params)
  return written?.weights?.map(({ ours }) => ours) ?? []
}
