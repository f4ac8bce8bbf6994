import { analyzeModel } from '../graph/analyze.ts'
import type { TemplateListing } from '../contract.ts'
import { dense200 } from './dense-200.ts'
import { kopo1ch } from './kopo-1ch.ts'
import { kopo3264 } from './kopo-32-64.ts'
import { kopoCifarBn } from './kopo-cifar-bn.ts'
import { kopoCifar } from './kopo-cifar.ts'
import { lenetCatDog } from './lenet-cat-dog.ts'
import { lenetHand } from './lenet-hand.ts'
import { mlpCatDog } from './mlp-cat-dog.ts'
import { mnistCnn } from './mnist-cnn.ts'
import type { Template } from './template.ts'
import { torchCifar } from './torch-cifar.ts'
import { trafficConv1d } from './traffic-conv1d.ts'

/** Every template; the first is the sample that opens on the first start. */
export const templates: readonly Template[] = [
  lenetCatDog,
  mlpCatDog,
  mnistCnn,
  kopo1ch,
  kopo3264,
  kopoCifar,
  kopoCifarBn,
  torchCifar,
  trafficConv1d,
  dense200,
  lenetHand,
]

export function templateById(id: string): Template | null {
  return templates.find((template) => template.id === id) ?? null
}

/** What a list of templates shows; `inputShape` is that of the first model. */
export function listTemplates(): readonly TemplateListing[] {
  return templates.map(({ id, title, about, project }) => {
    const model = project.models[0]!
    const shape = model.nodes.find((node) => node.layer === 'input')?.params['shape']
    return {
      id,
      title,
      about,
      inputShape: Array.isArray(shape) ? shape : [],
      parameters: project.models.map((each) => analyzeModel(each, null).parameters),
    }
  })
}
