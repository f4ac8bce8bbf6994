import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { ExportedModel } from '../../common/export/exported-model.ts'
import { weightNames } from '../../common/export/keras-script.ts'
import { kerasModelConfig, snakeCase } from '../../common/export/keras-config.ts'
import type { Result } from '../../common/result.ts'
import { failureIn } from '../../common/result.ts'
import type { Snapshot } from '../train/run-folder.ts'
import type { Hdf5Tree } from './hdf5.ts'
import { writeHdf5 } from './hdf5.ts'

export type WeightList = Snapshot['weights']

/** The version whose files these are like. */
const kerasVersion = '3.0.0'

/** Keras 3 means another function by this name; its files cannot say which. Null where a model can be saved. */
export function faultForKeras({ layers, model }: ExportedModel): Result<never> | null {
  const bent = layers.find(({ params }) => params['activation'] === 'hardSigmoid')
  if (bent === undefined) return null
  return failureIn('unsupported', {
    en: `"${model.name}" uses hard sigmoid in ${bent.name}, by which Keras 3 means a steeper function. Export the Keras script, which says which one, or choose another activation.`,
    ko: `"${model.name}"의 ${bent.name}에 쓰인 하드 시그모이드는 Keras 3에서 기울기가 다른 함수입니다. 함수를 밝혀 적는 Keras 스크립트로 내보내거나 다른 활성화 함수를 고르세요.`,
  })
}

/** Weights of each layer that has any, in the order of Keras; throws where one is missing. */
function layerWeights({ layers }: ExportedModel, weights: WeightList) {
  return layers.flatMap((layer) => {
    const names = weightNames(layer)
    if (names.length === 0) return []
    const found = names.map((name) => {
      const weight = weights.find((one) => one.node === layer.id && one.name === name)
      if (weight === undefined) throw new Error(`The weight ${layer.id}/${name} is missing.`)
      return { ...weight, name: snakeCase(name) }
    })
    return [{ name: layer.name, weights: found }]
  })
}

/** `<layer>/<weight>` of each array for the scripts, by Convas's own names. */
export function namedWeights({ layers }: ExportedModel, weights: WeightList) {
  return layers.flatMap((layer) =>
    weights
      .filter(({ node }) => node === layer.id)
      .map(({ name, shape, values }) => ({ name: `${layer.name}/${name}`, shape, values })),
  )
}

/** One HDF5 file as Keras 2 wrote them and Keras 3 reads them. */
export async function saveKerasFile(file: string, exported: ExportedModel, weights: WeightList): Promise<void> {
  const layers = layerWeights(exported, weights)
  const versions = { keras_version: kerasVersion, backend: 'tensorflow' }
  const groups: Record<string, Hdf5Tree> = {}
  for (const { name, weights: list } of layers) {
    groups[name] = {
      attributes: { weight_names: list.map((one) => `${name}/${one.name}:0`) },
      groups: { [name]: { arrays: Object.fromEntries(list.map((one) => [`${one.name}:0`, one])) } },
    }
  }
  const content = await writeHdf5({
    attributes: { ...versions, generated_by: 'Convas', model_config: JSON.stringify(kerasModelConfig(exported)) },
    groups: {
      model_weights: {
        attributes: { ...versions, ...(layers.length > 0 && { layer_names: layers.map(({ name }) => name) }) },
        groups,
      },
    },
  })
  await mkdir(path.dirname(file), { recursive: true })
  const place = `${file}.${process.pid}.part`
  try {
    await writeFile(place, content)
    await rename(place, file)
  } catch (error) {
    await rm(place, { force: true })
    throw error
  }
}

/** Bytes of one file of weights: browsers keep such pieces. */
const shardBytes = 4 * 2 ** 20

/** A folder that tfjs's loadLayersModel takes: model.json, and the weights in files of 4 MB. */
export async function saveTfjsFolder(
  folder: string,
  exported: ExportedModel,
  weights: WeightList,
): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true })
  const list = layerWeights(exported, weights).flatMap(({ name, weights: own }) =>
    own.map((weight) => ({ ...weight, name: `${name}/${weight.name}` })),
  )
  const bytes = Buffer.concat(
    list.map(({ values }) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
  )
  const count = Math.max(1, Math.ceil(bytes.length / shardBytes))
  const paths = Array.from({ length: count }, (_, shard) => `group1-shard${shard + 1}of${count}.bin`)
  for (const [shard, name] of paths.entries())
    await writeFile(path.join(folder, name), bytes.subarray(shard * shardBytes, (shard + 1) * shardBytes))
  const description = {
    format: 'layers-model',
    generatedBy: 'Convas',
    convertedBy: null,
    modelTopology: { keras_version: kerasVersion, backend: 'tensorflow', model_config: kerasModelConfig(exported) },
    weightsManifest: [{ paths, weights: list.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })) }],
  }
  await writeFile(path.join(folder, 'model.json'), `${JSON.stringify(description, null, 1)}\n`)
  return ['model.json', ...paths]
}
