import { analyzeModel } from '../src-main/common/graph/analyze.ts'
import type { Model } from '../src-main/common/graph/graph.ts'
import { kopoCifarBn } from '../src-main/common/templates/kopo-cifar-bn.ts'
import { kopoCifar } from '../src-main/common/templates/kopo-cifar.ts'
import { lenetCatDog } from '../src-main/common/templates/lenet-cat-dog.ts'
import { mnistCnn } from '../src-main/common/templates/mnist-cnn.ts'
import { chainModel } from '../src-main/common/templates/template.ts'
import { trafficConv1d } from '../src-main/common/templates/traffic-conv1d.ts'
import type { Recipe } from '../src-main/common/training/recipe.ts'
import { wantsOneThreadAnOp } from '../src-main/common/training/step-size.ts'
import type { Dataset } from '../src-main/engine/datasets/reader.ts'
import { randomSource } from '../src-main/engine/random.ts'

/** Samples of an epoch. */
export const SAMPLES = 8_000

export interface Contest {
  readonly name: string
  readonly model: Model
  readonly loss: Recipe['loss']
  readonly classes: number
  readonly batch: number
  readonly wanted: { readonly tfjs: string; readonly keras: string }
}

const contests: readonly Contest[] = [
  {
    name: 'lenet-cat-dog',
    model: lenetCatDog.project.models[0] as Model,
    loss: 'binaryCrossentropy',
    classes: 2,
    batch: 32,
    wanted: { tfjs: '≥ 4', keras: '≥ 1.4' },
  },
  {
    name: 'MLP 784-512-512-10',
    model: chainModel('mlp', 'MLP', [
      ['input', { shape: [28, 28, 1] }],
      ['flatten'],
      ['dense', { units: 512, activation: 'relu' }],
      ['dense', { units: 512, activation: 'relu' }],
      ['dense', { units: 10, activation: 'softmax' }],
    ]),
    loss: 'categoricalCrossentropy',
    classes: 10,
    batch: 128,
    wanted: { tfjs: '≥ 4', keras: '≥ 1.8' },
  },
  {
    name: 'traffic-conv1d',
    model: trafficConv1d.project.models[0] as Model,
    loss: 'meanSquaredError',
    classes: 0,
    batch: 32,
    wanted: { tfjs: '≥ 6', keras: '≥ 2' },
  },
  ...(
    [
      ['mnist-cnn', mnistCnn, 128],
      ['kopo-cifar', kopoCifar, 200],
      ['kopo-cifar-bn', kopoCifarBn, 200],
    ] as const
  ).map(([name, { project }, batch]): Contest => ({
    name,
    model: project.models[0] as Model,
    loss: 'categoricalCrossentropy',
    classes: 10,
    batch,
    wanted: { tfjs: '≥ 1.8', keras: '≥ 1.1' },
  })),
]

export function contestNamed(name: string): Contest {
  const contest = contests.find((one) => one.name === name)
  if (contest === undefined) throw new Error(`no contest ${name}`)
  return contest
}

/** Whether a trainer gives each op of this contest's step one thread. */
export function takesOneThreadAnOp({ batch, model }: Contest): boolean {
  return wantsOneThreadAnOp({ batch, multiplyAdds: batch * analyzeModel(model, null).multiplyAdds })
}

export function inputShape({ model }: Contest): readonly number[] {
  return model.nodes.find((node) => node.layer === 'input')?.params['shape'] as readonly number[]
}

/** Random pictures with random labels, or random series for regression: only their size matters here. */
export function randomDataset(contest: Contest): Dataset {
  const shape = inputShape(contest)
  const { classes } = contest
  const random = randomSource(1)
  const part = (count: number) => {
    const length = count * shape.reduce((product, side) => product * side, 1)
    return {
      inputs:
        classes === 0
          ? Float32Array.from({ length }, () => random.uniform())
          : Uint8Array.from({ length }, () => random.below(256)),
      targets: Float32Array.from({ length: count }, () => (classes === 0 ? random.uniform() : random.below(classes))),
    }
  }
  const counts = { train: SAMPLES, test: 0 }
  return {
    descriptor: {
      source: { source: 'random' },
      title: 'Random',
      origin: 'made',
      shape,
      task: classes === 0 ? 'regression' : 'classification',
      classes: Array.from({ length: classes }, (_, index) => `class ${index}`),
      counts,
      hash: '',
    } as unknown as Dataset['descriptor'],
    parts: { train: part(counts.train), test: part(counts.test) },
  }
}
