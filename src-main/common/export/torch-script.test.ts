import { expect, test } from 'vitest'
import { lenetCatDog } from '../templates/lenet-cat-dog.ts'
import type { Template } from '../templates/template.ts'
import { trafficConv1d } from '../templates/traffic-conv1d.ts'
import { exportedModel } from './exported-model.ts'
import { writeTorchScript } from './torch-script.ts'

function scriptOf({ project }: Template, task: 'classification' | 'regression'): string {
  const [model] = project.models
  const exported = model && exportedModel(model)
  if (!exported?.ok) throw new Error('The template has no model that can be written.')
  const of = { project, exported: exported.value, name: 'model', task, classes: [], trainedEpoch: null }
  return writeTorchScript(of).text
}

test('a script that predicts values measures errors, one that tells classes apart the share of right answers', () => {
  const values = scriptOf(trafficConv1d, 'regression')
  expect(values).toContain('"mae": absolute / len(x), "rmse": math.sqrt(squared / len(x))')
  expect(values).not.toContain('accuracy')
  expect(scriptOf(lenetCatDog, 'classification')).toContain('"accuracy": right / len(x)')
})
