import { spawnSync } from 'node:child_process'
import os from 'node:os'
import util from 'node:util'
import type { Backend, NativeOps } from './backend.ts'
import { completeGradients } from './gradients.ts'
import { drawMask } from './native-mask.ts'
import type { RawBackend } from './native-mask.ts'
import { cutBeforeStridedFilterGradient } from './strided-filter-gradient.ts'
import { requireAtRunTime } from './tensor-library.ts'
import type { TensorLibrary, tf } from './tensor-library.ts'

interface OpAttribute {
  readonly name: string
  readonly type: number
  readonly value: unknown
}

/** What of tfjs-node's backend we use; its types do not export it. */
export interface NativeBackend {
  readonly isUsingGpuDevice: boolean
  readonly binding: Readonly<Record<string, number | string>>
  readonly executeSingleOutput: (
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly tf.Tensor[],
  ) => tf.Tensor
  readonly executeMultipleOutputs: (
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly tf.Tensor[],
    outputs: number,
  ) => tf.Tensor[]
}

/** Opens native TensorFlow; throws where its library is missing or does not load. */
export async function openTensorflow(): Promise<Backend> {
  setTensorflowEnvironment()
  giveBackRemovedUtilities()
  const library = requireAtRunTime('@tensorflow/tfjs-node-gpu') as TensorLibrary
  completeGradients(library)
  cutBeforeStridedFilterGradient(library)
  await library.setBackend('tensorflow')
  const native = library.backend() as unknown as NativeBackend
  return {
    tf: library,
    status: {
      backend: 'tensorflow',
      device: native.isUsingGpuDevice ? `GPU · ${graphicsCardName()}` : `CPU · ${processorName()}`,
      version: String(native.binding['TF_Version']),
      advice: null,
      gpu: native.isUsingGpuDevice,
    },
    native: nativeOps(library, native),
  }
}

/**
 * What the library reads while it is loaded; what the user has set stays. By itself TensorFlow takes the kernels of oneDNN only on
 * processors with instructions made for neural networks (AVX-512 VNNI, AVX-VNNI, AMX). They are faster on those with AVX2 as
 * well: LeNet-5 takes a third of the time of an epoch there, three convolutions of 5 × 5 half of it.
 */
export function setTensorflowEnvironment(): void {
  if (process.arch === 'x64') process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1'
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true'
}

/** tfjs-node calls two functions of `util` that Node 23 dropped (tfjs#8609). */
function giveBackRemovedUtilities(): void {
  const target = util as unknown as Record<string, unknown>
  target['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined
  target['isArray'] ??= Array.isArray
}

export function processorName(): string {
  const cpus = os.cpus()
  return `${cpus[0]?.model.trim() || process.arch}, ${cpus.length} ${cpus.length === 1 ? 'core' : 'cores'}`
}

function graphicsCardName(): string {
  const found = spawnSync('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], {
    encoding: 'utf8',
    timeout: 5_000,
  })
  return found.status === 0 ? (found.stdout.split('\n')[0] ?? '').trim() : 'CUDA'
}

function batchNormalizationAttributes({ binding }: NativeBackend, epsilon: number): readonly OpAttribute[] {
  const attribute = (name: string, type: string, value: unknown) => ({ name, type: binding[type] as number, value })
  return [
    attribute('T', 'TF_ATTR_TYPE', binding['TF_FLOAT']),
    attribute('U', 'TF_ATTR_TYPE', binding['TF_FLOAT']),
    attribute('epsilon', 'TF_ATTR_FLOAT', epsilon),
    attribute('data_format', 'TF_ATTR_STRING', 'NHWC'),
    attribute('is_training', 'TF_ATTR_BOOL', true),
  ]
}

function nativeOps(library: TensorLibrary, native: NativeBackend): NativeOps {
  const type = (name: string, value: string) => ({
    name,
    type: native.binding['TF_ATTR_TYPE'] as number,
    value: native.binding[value] as number,
  })
  const real = (name: string, value: number) => ({ name, type: native.binding['TF_ATTR_FLOAT'] as number, value })
  return {
    statelessUniform: (shape, seed) =>
      library.tidy(() =>
        native.executeSingleOutput(
          'StatelessRandomUniform',
          [type('dtype', 'TF_FLOAT'), type('T', 'TF_INT32'), type('Tseed', 'TF_INT32')],
          [library.tensor1d([...shape], 'int32'), library.tensor1d([seed[0] | 0, seed[1] | 0], 'int32')],
        ),
      ),
    batchNormalization: {
      forward: (x, scale, offset, epsilon) => {
        const none = library.tensor1d([])
        const [y, mean, unbiasedVariance, ...reserve] = native.executeMultipleOutputs(
          'FusedBatchNormV3',
          [...batchNormalizationAttributes(native, epsilon), real('exponential_avg_factor', 1)],
          [x, scale, offset, none, none],
          6,
        ) as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.Tensor, tf.Tensor, tf.Tensor]
        return { y, mean, unbiasedVariance, reserve }
      },
      gradient: (dy, x, scale, reserve, epsilon) => {
        const [dx, dScale, dOffset] = native.executeMultipleOutputs(
          'FusedBatchNormGradV3',
          batchNormalizationAttributes(native, epsilon),
          [dy, x, scale, ...reserve],
          5,
        ) as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.Tensor, tf.Tensor]
        return { x: dx, scale: dScale, offset: dOffset }
      },
    },
    statelessMask: (shape, rate, seed) =>
      library.tidy(() => drawMask(library, native as unknown as RawBackend, shape, rate, seed)),
  }
}
