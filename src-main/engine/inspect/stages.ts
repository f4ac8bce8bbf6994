import type { Model } from '../../common/graph/graph.ts'
import type { Sample, Stages } from '../../common/training/explanation.ts'
import type { Result } from '../../common/result.ts'
import { failureIn, success } from '../../common/result.ts'
import type { Backend } from '../backends/backend.ts'
import type { CompiledModel } from '../compile/compile.ts'
import type { Dataset } from '../datasets/reader.ts'
import { lookInto } from '../train/eager-step.ts'
import type { ReadOut } from '../train/losses.ts'
import { samplesTensor } from './samples.ts'

interface StagesLook {
  readonly backend: Backend
  readonly compiled: CompiledModel
  readonly readOut: ReadOut
  readonly dataset: Dataset
  /** False where the layers that answer were left out. */
  readonly isWhole: boolean
}

/** What every layer makes of each sample. */
export function lookThroughStages(look: StagesLook, samples: readonly Sample[]): Stages {
  const { backend, compiled, readOut, dataset, isWhole } = look
  return {
    inputShape: compiled.inputShape,
    nodes: compiled.order,
    rows: samples.map((sample) => {
      const input = samplesTensor(backend.tf, dataset, [sample])
      const { maps, prediction } = lookInto(backend, compiled, isWhole ? readOut : 'none', input, compiled.order)
      input.dispose()
      const label = 'part' in sample ? (dataset.parts[sample.part].targets[sample.index] ?? null) : null
      return { label, maps, prediction: isWhole ? prediction : [] }
    }),
  }
}

/**
 * The layers of a model that work on pictures of any size, up to the last that has maps, for pictures of `size` × `size`.
 * Their weights do not depend on it.
 */
export function convolutionsOf(model: Model, compiled: CompiledModel, size: number): Result<Model> {
  const kept = new Set<string>()
  for (const [index, id] of compiled.order.entries()) {
    const layer = model.nodes.find((node) => node.id === id)?.layer
    const sources = model.edges.filter(([, to]) => to === id).map(([from]) => from)
    // With the batch axis.
    const hasMaps = compiled.layersModel.outputs[index]?.rank === 4
    if (hasMaps && layer !== 'reshape' && sources.every((source) => kept.has(source))) kept.add(id)
  }
  const last = compiled.order.filter((id) => kept.has(id)).at(-1)
  if (last === undefined || kept.size < 2)
    return failureIn('unsupported', {
      en: `"${model.name}" has no convolution or pooling before it makes the picture flat: only they work at any size.`,
      ko: `"${model.name}"에는 그림을 펼치기 전의 합성곱이나 풀링 층이 없습니다. 크기가 다른 그림은 이 층들만 처리할 수 있습니다.`,
    })
  const needed = new Set([last])
  for (const id of [...compiled.order].reverse()) {
    if (needed.has(id)) for (const [from, to] of model.edges) if (to === id) needed.add(from)
  }
  return success({
    ...model,
    nodes: model.nodes
      .filter(({ id }) => needed.has(id))
      .map((node) =>
        node.layer === 'input'
          ? { ...node, params: { ...node.params, shape: [size, size, compiled.inputShape.at(-1) ?? 1] } }
          : node,
      ),
    edges: model.edges.filter(([from, to]) => needed.has(from) && needed.has(to)),
  })
}
