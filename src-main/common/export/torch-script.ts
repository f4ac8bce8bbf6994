import type { Text } from '../layers/text.ts'
import { writtenLoss } from '../training/code/losses.ts'
import { torchOptimizer } from '../training/code/optimizers.ts'
import type { Recipe } from '../training/recipe.ts'
import type { TorchLayer } from '../layers/torch.ts'
import type { ExportedLayer } from './exported-model.ts'
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

/** A model as a program for PyTorch that trains it by its recipe, and checks it where there are weights. */
export function writeTorchScript(options: ScriptOptions): WrittenScript {
  const { project, exported, trainedEpoch } = options
  const { recipe } = project
  const notes = sharedNotes(options)
  const optimizer = torchOptimizer(recipe)
  if (optimizer.differs !== undefined)
    notes.push({
      en: `${optimizer.className}: ${optimizer.differs}.`,
      ko: `${optimizer.className}: 엡실론을 더하는 위치가 PyTorch에서는 조금 다릅니다.`,
    })
  if (exported.layers.some(({ node }) => node.layer === 'batchNormalization'))
    notes.push({
      en: "PyTorch's moving variance is that of a sample, n / (n − 1) times as large.",
      ko: 'PyTorch의 이동 분산은 표본 분산이라 n / (n − 1)배 큽니다.',
    })
  const monitors = watched(recipe, notes)
  const text = [
    scriptHeading({ ...options, notes, needs: '`pip install torch numpy`' }),
    `
import argparse
import copy
import math
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

FOLDER = pathlib.Path(__file__).resolve().parent
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
SEED = ${recipe.seed}
EPOCHS = ${recipe.epochs}
BATCH_SIZE = ${recipe.batchSize}
EVALUATION_BATCH_SIZE = ${recipe.evaluationBatchSize ?? 256}
LEARNING_RATE = ${recipe.optimizer.learningRate}
PARAMETERS = ${exported.parameters}`.trim(),
    scriptData(options),
    `def to_tensor(values):
    """From channels last, as Convas and Keras have them, to PyTorch's channels first."""
    x = torch.from_numpy(inputs_of(values)).to(DEVICE)
    return x.movedim(-1, 1).contiguous() if x.ndim > 2 else x`,
    moduleCode(options),
    initialising(options),
    lossCode(options),
    rates(recipe),
    optimizing(recipe),
    measuring(options),
    training(options, monitors),
    ...(trainedEpoch === null ? [] : [checking(options)]),
    scriptEntry(options),
  ].join('\n\n\n')
  return { text: `${text}\n`, notes }
}

/** A layer in PyTorch; its submodules are attributes that no method of a module hides. */
function torchOf({ definition, params, name, inputShapes, outputShape }: ExportedLayer): TorchLayer {
  return (
    definition.torch?.({ name: `${name}_`, inputs: inputShapes, output: outputShape }, params) ?? {
      call: ([x = '']) => x,
    }
  )
}

/** Channels first: [height, width, channels] as [channels, height, width]. */
function torchShape(shape: readonly number[]): readonly number[] {
  return [...shape.slice(-1), ...shape.slice(0, -1)]
}

function moduleCode({ exported, project }: ScriptOptions): string {
  const [input, ...others] = exported.layers
  const last = others.at(-1)
  const isSplit = writtenLoss(project.recipe, lastActivationOf(exported)).takesScores
  const modules = others.flatMap((layer) => Object.entries(torchOf(layer).modules ?? {}))
  const lines = others.flatMap((layer) => {
    const isStripped = layer === last && isSplit
    const shown = isStripped ? { ...layer, params: { ...layer.params, activation: 'linear' } } : layer
    const call = torchOf(shown).call(layer.inputs)
    return [
      `        ${layer.name} = ${call}`,
      `        assert ${layer.name}.shape[1:] == ${pythonTupleOf(torchShape(layer.outputShape))}, ${layer.name}.shape`,
    ]
  })
  const activation = lastActivationOf(exported)
  return `class Net(nn.Module):
    """${pythonComment(exported.model.name)}. \`scores\` is what it is trained by, calling it gives its answers."""

    def __init__(self):
        super().__init__()
${modules.map(([attribute, code]) => `        self.${attribute} = ${code}`).join('\n') || '        pass'}

    def scores(self, ${input?.name}):
${lines.join('\n')}
        return ${last?.name ?? input?.name}

    def forward(self, x):
        ${
          !isSplit
            ? 'return self.scores(x)'
            : activation === 'softmax'
              ? 'return F.softmax(self.scores(x), dim=1)'
              : 'return torch.sigmoid(self.scores(x))'
        }`
}

function pythonTupleOf(values: readonly number[]): string {
  return pythonLiteral(values)
}

function initialising({ exported }: ScriptOptions): string {
  const lines: string[] = []
  const penalties: string[] = []
  for (const layer of exported.layers) {
    for (const { theirs, fans } of torchOf(layer).weights ?? []) {
      if (fans === undefined) continue
      const initializer = String(layer.params['kernelInitializer'] ?? 'glorotUniform')
      lines.push(`    fill(model.${theirs}, ${pythonString(initializer)}, ${fans[0]}, ${fans[1]})`)
      const kind = layer.params['kernelRegularizer']
      const strength = Number(layer.params['regularizerStrength'])
      if ((kind === 'l1' || kind === 'l2') && strength > 0)
        penalties.push(
          kind === 'l1' ? `${strength} * model.${theirs}.abs().sum()` : `${strength} * (model.${theirs} ** 2).sum()`,
        )
    }
  }
  return `def fill(weight, rule, inputs, outputs):
    """Fresh values by Keras's rules; how many inputs and outputs a kernel connects is told."""
    if rule in ("zeros", "ones"):
        return nn.init.constant_(weight, 0.0 if rule == "zeros" else 1.0)
    scale, fan = {"glorot": (1, (inputs + outputs) / 2), "he": (2, inputs), "lecun": (1, inputs)}[
        rule.replace("Uniform", "").replace("Normal", "")
    ]
    if rule.endswith("Uniform"):
        limit = math.sqrt(3 * scale / fan)
        return nn.init.uniform_(weight, -limit, limit)
    deviation = math.sqrt(scale / fan) / 0.87962566103423978
    return nn.init.trunc_normal_(weight, 0.0, deviation, -2 * deviation, 2 * deviation)


def build_model():
    model = Net()
${lines.join('\n') || '    pass'}
    for name, value in model.named_parameters():
        if name.endswith(".bias"):
            nn.init.zeros_(value)
    statistics = [value for name, value in model.named_buffers() if not name.endswith("num_batches_tracked")]
    count = sum(value.numel() for value in [*model.parameters(), *statistics])
    assert count == PARAMETERS, f"{count} parameters, {PARAMETERS} were expected"
    return model.to(DEVICE)


def penalty(model):
    return ${penalties.join(' + ') || '0.0'}`
}

function lossCode({ project, exported }: ScriptOptions): string {
  const { torch } = writtenLoss(project.recipe, lastActivationOf(exported))
  const { labelSmoothing = 0, loss } = project.recipe
  const smoothed = torch.includes('log') && labelSmoothing > 0
  const parts = loss === 'binaryCrossentropy' ? '2' : 't.shape[1]'
  return `def losses(s, t):
    """One loss a sample, of scores and targets [batch, units]."""
${smoothed ? `    t = t * (1 - ${labelSmoothing}) + ${labelSmoothing} / ${parts}\n` : ''}    return ${torch}`
}

function rates({ schedule = { type: 'constant' } }: Recipe): string {
  const head = 'def learning_rate(step, epoch, total_steps):\n    """Of a step and an epoch, both from 0."""\n'
  switch (schedule.type) {
    case 'constant':
      return `${head}    return LEARNING_RATE`
    case 'plateau':
      return `${head}    return LEARNING_RATE  # times what the plateau has made of it, see train()`
    case 'step':
      return `${head}    return LEARNING_RATE * ${schedule.gamma} ** (epoch // ${schedule.stepSize})`
    case 'exponential': {
      const periods = `step / ${schedule.decaySteps}`
      return `${head}    return LEARNING_RATE * ${schedule.rate} ** ${schedule.staircase === true ? `math.floor(${periods})` : `(${periods})`}`
    }
    case 'cosine':
      return `${head}    if step < ${schedule.warmupSteps}:
        return LEARNING_RATE * step / ${Math.max(1, schedule.warmupSteps)}
    decay_steps = ${schedule.decaySteps ?? `max(1, total_steps - ${schedule.warmupSteps})`}
    gone = min(step - ${schedule.warmupSteps}, decay_steps) / decay_steps
    return LEARNING_RATE * ((1 - ${schedule.floor}) * 0.5 * (1 + math.cos(math.pi * gone)) + ${schedule.floor})`
  }
}

function optimizing(recipe: Recipe): string {
  const { className, arguments: settings, weightDecay } = torchOptimizer(recipe)
  const clip = recipe.clipping
  const lines =
    clip === undefined
      ? []
      : clip.type === 'value'
        ? [`    nn.utils.clip_grad_value_(model.parameters(), ${clip.limit})`]
        : clip.type === 'globalNorm'
          ? [`    nn.utils.clip_grad_norm_(model.parameters(), ${clip.limit})`]
          : ['    for weight in model.parameters():', `        nn.utils.clip_grad_norm_([weight], ${clip.limit})`]
  return `def optimizer_of(model):
    return torch.optim.${className}(model.parameters(), ${['lr=LEARNING_RATE', keywordArguments(settings)].filter((part) => part !== '').join(', ')})


def step(model, optimizer, rate):
    """One step of the optimiser, after the gradients are there."""
${[
  ...lines,
  ...(weightDecay > 0
    ? [
        '    with torch.no_grad():  # decoupled weight decay',
        '        for weight in model.parameters():',
        `            weight.mul_(1 - rate * ${weightDecay})`,
      ]
    : []),
].join('\n')}${lines.length > 0 || weightDecay > 0 ? '\n' : ''}    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.step()`
}

interface Monitors {
  readonly stopping: 'loss' | 'accuracy' | null
  readonly plateau: 'loss' | 'accuracy' | null
}

function watched({ earlyStopping, schedule }: Recipe, notes: Text[]): Monitors {
  const name = (monitor: string) => {
    if (monitor === 'loss' || monitor === 'accuracy') return monitor
    notes.push({
      en: `"${monitor}" is not measured by the script: the loss is watched instead.`,
      ko: `스크립트는 "${monitor}"을(를) 재지 않으므로 대신 손실을 지켜봅니다.`,
    })
    return 'loss'
  }
  return {
    stopping: earlyStopping ? name(earlyStopping.monitor ?? 'loss') : null,
    plateau: schedule?.type === 'plateau' ? name(schedule.monitor) : null,
  }
}

function measuring({ project, exported, task }: ScriptOptions): string {
  if (task === 'regression') return MEASURED_VALUES
  const { takesScores } = writtenLoss(project.recipe, lastActivationOf(exported))
  const isScored = takesScores || project.recipe.loss === 'hinge' || project.recipe.loss === 'binaryCrossentropy'
  const threshold = isScored ? '0' : '0.5'
  const correct =
    (exported.outputShape.at(-1) ?? 1) === 1
      ? `((s[:, 0] > ${threshold}) == (t[:, 0] > 0.5)).float()`
      : '(s.argmax(1) == t.argmax(1)).float()'
  return `@torch.no_grad()
def measure(model, x, t):
    """Mean loss, and the share of right answers."""
    model.eval()
    loss, right = 0.0, 0.0
    for start in range(0, len(x), EVALUATION_BATCH_SIZE):
        rows = slice(start, start + EVALUATION_BATCH_SIZE)
        s = model.scores(x[rows])
        loss += losses(s, t[rows]).sum().item()
        right += ${correct.replaceAll('t[:, 0]', 't[rows][:, 0]').replaceAll('t.argmax', 't[rows].argmax')}.sum().item()
    return {"loss": loss / len(x), "accuracy": right / len(x)}`
}

const MEASURED_VALUES = `@torch.no_grad()
def measure(model, x, t):
    """Mean loss, mean absolute and root mean squared error."""
    model.eval()
    loss, absolute, squared = 0.0, 0.0, 0.0
    for start in range(0, len(x), EVALUATION_BATCH_SIZE):
        rows = slice(start, start + EVALUATION_BATCH_SIZE)
        s = model.scores(x[rows])
        apart = (s - t[rows]).flatten(1)
        loss += losses(s, t[rows]).sum().item()
        absolute += apart.abs().mean(1).sum().item()
        squared += (apart**2).mean(1).sum().item()
    return {"loss": loss / len(x), "mae": absolute / len(x), "rmse": math.sqrt(squared / len(x))}`

function training({ project, name, task }: ScriptOptions, monitors: Monitors): string {
  const { earlyStopping, schedule } = project.recipe
  const plateau = schedule?.type === 'plateau' ? schedule : null
  const better = (monitor: string, best: string, delta: number) =>
    monitor === 'loss' ? `judged["loss"] < ${best} - ${delta}` : `judged["accuracy"] > ${best} + ${delta}`
  const worst = (monitor: string | null) => (monitor === 'accuracy' ? '-math.inf' : 'math.inf')
  const ends: string[] = []
  if (plateau && monitors.plateau)
    ends.push(`        cooling = max(0, cooling - 1)
        if ${better(monitors.plateau, 'plateau_best', plateau.minDelta)}:
            plateau_best, plateau_waited = judged["${monitors.plateau}"], 0
        elif cooling == 0:
            plateau_waited += 1
            if plateau_waited >= ${plateau.patience}:
                factor = max(factor * ${plateau.factor}, ${plateau.minimum} / LEARNING_RATE)
                plateau_waited, cooling = 0, ${plateau.cooldown}`)
  if (earlyStopping && monitors.stopping)
    ends.push(`        if ${better(monitors.stopping, 'best', earlyStopping.minDelta)}:
            best, waited = judged["${monitors.stopping}"], 0
            best_weights = copy.deepcopy(model.state_dict())
        else:
            waited += 1
            if waited >= ${earlyStopping.patience}:
                print("stopped early")
                break`)
  return `def train(epochs):
    torch.manual_seed(SEED)
    data = load_data()
    model = build_model()
    print(model)
    optimizer = optimizer_of(model)
    x, t = to_tensor(data["train"][0]), torch.from_numpy(targets_of(data["train"][1])).to(DEVICE)
    held_x = to_tensor(data["validation"][0])
    held_t = torch.from_numpy(targets_of(data["validation"][1])).to(DEVICE)
    weights = class_weights(data["train"][1])
    labels = torch.from_numpy(data["train"][1].astype("int64")).to(DEVICE) if weights else None
    weight_of = torch.tensor([weights.get(k, 1.0) for k in range(max(weights) + 1)], device=DEVICE) if weights else None
    steps = math.ceil(len(x) / BATCH_SIZE)
    taken, factor = 0, 1.0
    best, waited, best_weights = ${worst(monitors.stopping)}, 0, None
    plateau_best, plateau_waited, cooling = ${worst(monitors.plateau)}, 0, 0
    for epoch in range(epochs):
        model.train()
        order = torch.randperm(len(x), device=DEVICE)
        total = 0.0
        for start in range(0, len(x), BATCH_SIZE):
            rows = order[start : start + BATCH_SIZE]
            rate = factor * learning_rate(taken, epoch, steps * EPOCHS)
            optimizer.zero_grad()
            each = losses(model.scores(x[rows]), t[rows])
            if weights:
                each = each * weight_of[labels[rows]]
            loss = each.mean() + penalty(model)
            loss.backward()
            step(model, optimizer, rate)
            total += loss.item() * len(rows)
            taken += 1
        judged = measure(model, held_x, held_t) if len(held_x) else {"loss": total / len(x)${task === 'regression' ? '' : ', "accuracy": 0.0'}}
        print(f"epoch {epoch + 1}: loss {total / len(x):.4f}, " + ", ".join(f"val_{k} {v:.4f}" for k, v in judged.items()))
${ends.join('\n')}${ends.length > 0 ? '\n' : ''}${
    earlyStopping?.restoreBest === true
      ? '    if best_weights is not None:\n        model.load_state_dict(best_weights)\n'
      : ''
  }    if len(data["test"][0]):
        measured = measure(model, to_tensor(data["test"][0]), torch.from_numpy(targets_of(data["test"][1])).to(DEVICE))
        print("test: " + ", ".join(f"{key} {value:.4f}" for key, value in measured.items()))
    torch.save(model.state_dict(), FOLDER / "${name}-trained.pt")
    return 0`
}

function checking({ exported, name }: ScriptOptions): string {
  const lines = exported.layers.flatMap((layer) =>
    (torchOf(layer).weights ?? []).map(({ ours, theirs, order, shape }) => {
      const from = `${layer.name}/${ours}`
      return `    ${pythonString(theirs)}: (${pythonString(from)}, ${order ? pythonLiteral(order) : 'None'}, ${shape ? pythonLiteral(shape) : 'None'}),`
    }),
  )
  return `# Each tensor's weight in ${weightsFileName(name)}, the order of its axes here, and what they are joined to.
WEIGHTS = {
${lines.join('\n')}
}


def check():
    """Compares the answers for some samples with those that Convas gave, with the same weights."""
    model = build_model()
    tensors = model.state_dict()
    with np.load(FOLDER / "${weightsFileName(name)}") as stored:
        for theirs, (ours, order, shape) in WEIGHTS.items():
            value = stored[ours] if order is None else stored[ours].transpose(order)
            tensors[theirs] = torch.from_numpy(np.ascontiguousarray(value if shape is None else value.reshape(shape)))
    model.load_state_dict(tensors)
    model.eval()
    with np.load(FOLDER / "${checkFileName(name)}") as samples, torch.no_grad():
        answers = model(to_tensor(samples["x"])).cpu().numpy()
        answers = np.moveaxis(answers, 1, -1) if answers.ndim > 2 else answers
        difference = float(np.max(np.abs(answers - samples["y"])))
    print(f"{len(answers)} samples, largest difference from Convas {difference:.3g}")
    return 0 if difference <= 1e-4 else 1`
}
