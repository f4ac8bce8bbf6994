import { describe, expect, test } from 'vitest'
import { templateById } from '../templates/registry.ts'
import { emptyProject } from './empty-project.ts'
import { readProject } from './read-project.ts'
import { writeProject } from './write-project.ts'

const sample = templateById('lenet-cat-dog')!.project

/** The sample's content with one place changed: a path such as ['models', 0, 'name']. */
function changed(path: readonly (string | number)[], value: unknown): string {
  const content = JSON.parse(writeProject(sample)) as Record<string | number, unknown>
  let place = content
  for (const key of path.slice(0, -1)) place = place[key] as Record<string | number, unknown>
  place[path.at(-1)!] = value
  return JSON.stringify(content)
}

describe('a project file', () => {
  test('is written in lines that a person can compare', () => {
    const model = sample.models[1]!
    const mlp = { ...model, nodes: model.nodes.map((node, index) => ({ ...node, x: index * 224, y: 0 })) }
    expect(writeProject({ ...emptyProject('Small'), models: [mlp], dataset: { source: 'mnist' } })).toBe(
      `{
  "format": "convas-project",
  "version": 1,
  "name": "Small",
  "dataset": { "source": "mnist" },
  "models": [
    {
      "id": "mlp",
      "name": "MLP",
      "nodes": [
        { "id": "in", "layer": "input", "params": { "shape": [32, 32, 1] }, "x": 0, "y": 0 },
        { "id": "f1", "layer": "flatten", "params": {}, "x": 224, "y": 0 },
        { "id": "fc1", "layer": "dense", "params": { "units": 88, "activation": "relu" }, "x": 448, "y": 0 },
        { "id": "fc2", "layer": "dense", "params": { "units": 1, "activation": "sigmoid" }, "x": 672, "y": 0 }
      ],
      "edges": [
        ["in", "f1"],
        ["f1", "fc1"],
        ["fc1", "fc2"]
      ]
    }
  ],
  "recipe": {
    "optimizer": { "type": "adam", "learningRate": 0.001 },
    "loss": "categoricalCrossentropy",
    "batchSize": 32,
    "epochs": 10,
    "seed": 1,
    "split": { "validation": 0.2 }
  }
}
`,
    )
  })

  test('keeps everything there is to keep', () => {
    const full = {
      ...sample,
      dataset: {
        path: '/pictures/of cats',
        more: ['/pictures/test.zip'],
        options: { format: 'pictures' as const, height: 32, classes: ['고양이', 'dog'] },
      },
      picture: { part: 'test', index: 7 } as const,
      recipe: {
        ...sample.recipe,
        optimizer: {
          type: 'rmsprop',
          learningRate: 0.01,
          momentum: 0.5,
          weightDecay: 0.01,
          rho: 0.95,
          epsilon: 1e-5,
          centered: true,
        } as const,
        schedule: { type: 'cosine', warmupSteps: 100, decaySteps: 900, floor: 0.01 } as const,
        clipping: { type: 'globalNorm', limit: 1 } as const,
        labelSmoothing: 0.1,
        huberDelta: 2,
        classWeights: { cat: 1, dog: 2.5 },
        topK: 3,
        evaluationBatchSize: 64,
        earlyStopping: { monitor: 'f1', patience: 3, minDelta: 0, restoreBest: true } as const,
      },
      models: sample.models.map((model) => ({
        ...model,
        nodes: model.nodes.map((node) => ({ ...node, name: `"${node.id}" ✓ 한글`, x: node.x + 0.5 })),
      })),
    }
    const text = writeProject(full)
    expect(readProject(text)).toEqual({ ok: true, value: { project: full, notices: [] } })
    expect(readProject(`\uFEFF${text}`)).toEqual({ ok: true, value: { project: full, notices: [] } })
  })

  test.each<readonly [what: string, text: string, code: string, message: RegExp]>([
    ['nothing', '', 'invalid-project', /^A Convas project was expected\. The file is empty\.$/],
    [
      'no JSON',
      '{\n  "format": oops\n}',
      'invalid-project',
      /^A Convas project \(JSON\) was expected\. The file is damaged/,
    ],
    ['half a file', writeProject(sample).slice(0, 300), 'invalid-project', /The file is damaged/],
    ['a list', '[]', 'invalid-project', /Received: a list$/],
    ['a number', '5', 'invalid-project', /Received: a number$/],
    ['null', 'null', 'invalid-project', /Received: null$/],
    ['another format', '{"format":"excalidraw"}', 'invalid-project', /Received: "excalidraw"$/],
    [
      'no version',
      changed(['version'], undefined),
      'invalid-project',
      /^`version` must be a positive whole number\. Received: nothing$/,
    ],
    ['version 0', changed(['version'], 0), 'invalid-project', /Received: 0$/],
    [
      'a newer version',
      changed(['version'], 2),
      'newer-project',
      /newer Convas \(format 2\); this one reads up to format 1/,
    ],
    [
      'an unknown layer',
      changed(['models', 0, 'nodes', 1, 'layer'], 'lstm'),
      'unknown-layer',
      /^The layer of node "c1" of model "LeNet-5" must be one of input, conv2d,.*Received: "lstm"$/,
    ],
    [
      'a layer called like a method',
      changed(['models', 0, 'nodes', 1, 'layer'], 'toString'),
      'unknown-layer',
      /Received: "toString"$/,
    ],
    [
      'no models',
      changed(['models'], undefined),
      'invalid-project',
      /at models: a list was expected\. Received: nothing$/,
    ],
    [
      'a layer without id',
      changed(['models', 0, 'nodes', 2, 'id'], ''),
      'invalid-project',
      /at models\[0\]\.nodes\[2\]\.id: a text of at least 1 letters was expected\. Received: ""$/,
    ],
    [
      'a layer that is no name',
      changed(['models', 0, 'nodes', 2, 'layer'], 5),
      'invalid-project',
      /at models\[0\]\.nodes\[2\]\.layer: /,
    ],
    [
      'a place that is no number',
      changed(['models', 1, 'nodes', 0, 'x'], 'left'),
      'invalid-project',
      /at models\[1\]\.nodes\[0\]\.x: a number was expected\. Received: "left"$/,
    ],
    [
      'a parameter that is an object',
      changed(['models', 0, 'nodes', 1, 'params', 'filters'], {}),
      'invalid-project',
      /params\.filters: a text, a number, true or false, null or a list was expected\. Received: an object$/,
    ],
    ['half a wire', changed(['models', 0, 'edges', 3], ['c1']), 'invalid-project', /at models\[0\]\.edges\[3\]/],
    [
      'a recipe without end',
      changed(['recipe', 'epochs'], 0),
      'invalid-project',
      /at recipe\.epochs: a number of at least 1 was expected\. Received: 0$/,
    ],
    [
      'an unknown optimiser',
      changed(['recipe', 'optimizer', 'type'], 'lion'),
      'invalid-project',
      /at recipe\.optimizer\.type: one of sgd, momentum, .*, nadam was expected\. Received: "lion"$/,
    ],
    [
      'half an epoch',
      changed(['recipe', 'epochs'], 1.5),
      'invalid-project',
      /at recipe\.epochs: a whole number was expected\. Received: 1\.5$/,
    ],
    [
      'an unknown schedule',
      changed(['recipe', 'schedule'], { type: 'cosine' }),
      'invalid-project',
      /at recipe\.schedule.* was expected\. Received: /,
    ],
    [
      'data of another kind',
      changed(['dataset'], {}),
      'invalid-project',
      /at dataset\.source: one of cat-dog-doodles, .* was expected\. Received: nothing/,
    ],
    [
      'data from nowhere',
      changed(['dataset', 'source'], 'imagenet'),
      'missing-dataset',
      /^The project's data set must be one of cat-dog-doodles, .*\. Received: "imagenet"$/,
    ],
  ])('that holds %s is refused', (_, text, code, message) => {
    const result = readProject(text)
    expect(result.ok ? null : { code: result.error.code, message: result.error.message }).toEqual({
      code,
      message: expect.stringMatching(message) as string,
    })
  })

  test('with wrong parameters and loose wires still opens, for its problems to be mended on the canvas', () => {
    const text = changed(['models', 0, 'nodes', 1, 'params', 'filters'], -3)
    const result = readProject(text)
    expect(result.ok && result.value.project.models[0]!.nodes[1]!.params['filters']).toBe(-3)
  })

  test('with ids that occur twice is mended, and says so', () => {
    const nodes = readProject(changed(['models', 0, 'nodes', 3, 'id'], 'c1'))
    expect(nodes.ok && [nodes.value.project.models[0]!.nodes.map((node) => node.id), nodes.value.notices]).toEqual([
      ['in', 'c1', 'p1', 'c2', 'p2', 'c3', 'f1', 'fc1', 'fc2'],
      [
        {
          en: 'Two layers of "LeNet-5" had the id "c1"; one is now "c2".',
          ko: '"LeNet-5"의 층 두 개의 id가 "c1"로 같아서 하나를 "c2"(으)로 바꿨습니다.',
        },
      ],
    ])
    const models = readProject(changed(['models', 1, 'id'], 'cnn'))
    expect(models.ok && models.value.project.models.map((model) => model.id)).toEqual(['cnn', 'model1'])
  })
})
