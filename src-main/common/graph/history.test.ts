import { describe, expect, test } from 'vitest'
import { emptyProject } from '../project/empty-project.ts'
import type { Project } from '../project/project.ts'
import { definitionOf, layerTypes } from '../layers/registry.ts'
import { templateById } from '../templates/registry.ts'
import { randomModel } from '../testing/random-model.ts'
import { SeededRandom } from '../testing/seeded-random.ts'
import { applyEdit, applyEdits } from './apply-edit.ts'
import type { Edit } from './edit.ts'
import { History } from './history.ts'
import { newModelId, newNodeId } from './names.ts'
import { removeNodes } from './operations.ts'

const sample = templateById('lenet-cat-dog')!.project

/** Some edit that this project allows, of any kind. */
function randomEdit(random: SeededRandom, project: Project): readonly Edit[] {
  if (project.models.length === 0 || random.chance(0.05)) {
    const id = newModelId(project.models.map((model) => model.id))
    return [{ type: 'add-model', model: { ...randomModel(random), id }, at: random.whole(0, project.models.length) }]
  }
  const model = random.pick(project.models)
  const named = { model: model.id }
  const node = model.nodes.length > 0 ? random.pick(model.nodes) : null
  const other = model.nodes.length > 0 ? random.pick(model.nodes) : null
  const layer = random.pick(layerTypes)
  const addNode: Edit = {
    type: 'add-node',
    ...named,
    node: { id: newNodeId(model, layer), layer, params: {}, x: random.whole(0, 900), y: 0 },
    ...(random.chance(0.5) ? { at: random.whole(0, model.nodes.length) } : {}),
  }
  const choices: (readonly Edit[])[] = [
    [addNode],
    [{ type: 'rename-model', ...named, name: `Model ${random.whole(1, 9)}` }],
    [{ type: 'rename-project', name: `Project ${random.whole(1, 9)}` }],
    [{ type: 'set-dataset', dataset: random.pick([null, { source: 'mnist' as const }]) }],
    [{ type: 'set-recipe', recipe: { ...project.recipe, epochs: random.whole(1, 99) } }],
    ...(project.models.length > 1 && random.chance(0.1) ? [[{ type: 'remove-model', ...named } as const]] : []),
  ]
  if (node && other) {
    const params = Object.keys(definitionOf(node.layer).params)
    choices.push(
      [{ type: 'remove-node', ...named, node: node.id }],
      removeNodes(model, [node.id, other.id]),
      [{ type: 'move-node', ...named, node: node.id, x: random.whole(0, 900), y: random.whole(0, 900) }],
      [{ type: 'rename-node', ...named, node: node.id, name: random.pick([null, 'A', 'B']) }],
      [
        {
          type: 'add-edge',
          ...named,
          edge: [node.id, other.id],
          ...(random.chance(0.5) ? { at: random.whole(0, model.edges.length) } : {}),
        },
      ],
    )
    if (params.length > 0) {
      const value = random.pick([undefined, 3, 'same', [2, 2]])
      choices.push([{ type: 'set-param', ...named, node: node.id, param: random.pick(params), value }])
    }
    if (model.edges.length > 0) choices.push([{ type: 'remove-edge', ...named, edge: random.pick(model.edges) }])
  }
  return random.pick(choices)
}

describe('edits', () => {
  test('are undone by their inverse, for 2,000 random ones', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = new SeededRandom(seed)
      let project: Project = sample
      for (let count = 0; count < 50; count++) {
        const edits = randomEdit(random, project)
        const { project: after, inverse } = applyEdits(project, edits)
        expect(applyEdits(after, inverse).project).toEqual(project)
        project = after
      }
    }
  })

  test('leave the project that they start from untouched', () => {
    const before = JSON.stringify(sample)
    const random = new SeededRandom(5)
    let project: Project = sample
    for (let count = 0; count < 200; count++) project = applyEdits(project, randomEdit(random, project)).project
    expect(JSON.stringify(sample)).toBe(before)
  })

  test('that remove a node bring its wires back in their places', () => {
    const { project, inverse } = applyEdit(sample, { type: 'remove-node', model: 'cnn', node: 'c2' })
    expect(project.models[0]!.edges.flat()).not.toContain('c2')
    expect(applyEdits(project, inverse).project).toEqual(sample)
  })

  test.each<Edit>([
    { type: 'remove-node', model: 'cnn', node: 'gone' },
    { type: 'remove-node', model: 'gone', node: 'c1' },
    { type: 'remove-edge', model: 'cnn', edge: ['c1', 'fc1'] },
    { type: 'remove-model', model: 'gone' },
    { type: 'add-node', model: 'cnn', node: { id: 'c1', layer: 'dense', params: {}, x: 0, y: 0 } },
    { type: 'add-model', model: { id: 'cnn', name: '', nodes: [], edges: [] } },
  ])('of what is not there are bugs: $type', (edit) => {
    expect(() => applyEdit(sample, edit)).toThrow()
  })
})

describe('history', () => {
  test('undoes everything and does it again, for random sequences with random marks', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = new SeededRandom(seed)
      const history = new History(sample)
      const marked: Project[] = []
      for (let step = 0; step < 25; step++) {
        history.mark()
        const before = history.project
        for (let count = random.whole(1, 6); count > 0; count--) history.apply(randomEdit(random, history.project))
        marked.push(before)
      }
      const end = history.project
      while (marked.length > 0) {
        expect(history.undo()).not.toBeNull()
        expect(history.project).toEqual(marked.pop())
      }
      expect([history.canUndo, history.undo()]).toEqual([false, null])
      while (history.canRedo) history.redo()
      expect(history.project).toEqual(end)
    }
  })

  test('keeps a drag as one move', () => {
    const history = new History(sample)
    history.mark()
    for (let x = 1; x <= 100; x++) {
      history.apply([
        { type: 'move-node', model: 'cnn', node: 'c1', x, y: 5 },
        { type: 'move-node', model: 'cnn', node: 'c2', x: x + 50, y: 5 },
      ])
    }
    expect(history.undo()).toEqual([
      { type: 'move-node', model: 'cnn', node: 'c2', ...placeOf('c2') },
      { type: 'move-node', model: 'cnn', node: 'c1', ...placeOf('c1') },
    ])
    expect(history.project).toEqual(sample)
    expect(history.redo()).toEqual([
      { type: 'move-node', model: 'cnn', node: 'c1', x: 100, y: 5 },
      { type: 'move-node', model: 'cnn', node: 'c2', x: 150, y: 5 },
    ])
  })

  test('a cancelled drag leaves nothing to undo', () => {
    const history = new History(sample)
    history.mark()
    history.apply([{ type: 'move-node', model: 'cnn', node: 'c1', x: 9, y: 9 }])
    history.bail()
    expect([history.project, history.canUndo]).toEqual([sample, false])
  })

  test('a new edit forgets what was undone', () => {
    const history = new History(sample)
    history.applyStep([{ type: 'rename-project', name: 'A' }])
    history.undo()
    history.applyStep([{ type: 'rename-project', name: 'B' }])
    expect([history.canRedo, history.redo(), history.project.name]).toEqual([false, null, 'B'])
  })

  test('edits of which one cannot be applied change nothing', () => {
    const history = new History(emptyProject('Empty'))
    expect(() =>
      history.apply([
        { type: 'rename-project', name: 'Half' },
        { type: 'remove-model', model: 'gone' },
      ]),
    ).toThrow()
    expect([history.project, history.canUndo]).toEqual([emptyProject('Empty'), false])
  })
})

function placeOf(id: string): { readonly x: number; readonly y: number } {
  const { x, y } = sample.models[0]!.nodes.find((node) => node.id === id)!
  return { x, y }
}
