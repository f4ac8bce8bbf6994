import { expect, test } from 'vitest'
import { templates } from '../templates/registry.ts'
import { stepSizeOf, wantsOneThreadAnOp } from './step-size.ts'

test('the templates get the threads that were faster when both were measured', () => {
  const measured = [
    'lenet-cat-dog',
    'mlp-cat-dog',
    'mnist-cnn',
    'kopo-1ch',
    'kopo-32-64',
    'kopo-cifar',
    'traffic-conv1d',
  ]
  const chosen = measured.map((id) => {
    const project = templates.find((template) => template.id === id)?.project
    if (project === undefined) throw new Error(`no template ${id}`)
    return [
      id,
      wantsOneThreadAnOp(
        stepSizeOf(
          project,
          project.models.map((model) => model.id),
        ),
      ),
    ]
  })
  expect(Object.fromEntries(chosen)).toEqual({
    'lenet-cat-dog': true,
    'mlp-cat-dog': true,
    'mnist-cnn': false,
    'kopo-1ch': false,
    'kopo-32-64': false,
    'kopo-cifar': false,
    'traffic-conv1d': true,
  })
})
