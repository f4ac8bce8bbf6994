import { initializerNames } from './define.ts'
import type { BuildContext } from './define.ts'
import { choice, flag, int, number, optionalSize, size } from './params.ts'

export const activations = [
  'linear',
  'relu',
  'relu6',
  'elu',
  'selu',
  'tanh',
  'sigmoid',
  'hardSigmoid',
  'softplus',
  'softsign',
  'softmax',
  'swish',
] as const
export type Activation = (typeof activations)[number]

export function activationParam(defaultActivation: Activation) {
  return choice({ label: { en: 'Activation', ko: '활성화 함수' }, options: activations, default: defaultActivation })
}
export const paddingParam = choice({
  label: { en: 'Padding', ko: '패딩' },
  options: ['valid', 'same'],
  default: 'valid',
})
export const useBiasParam = flag({ label: { en: 'Bias', ko: '편향' }, default: true })
export const initializerParam = choice({
  label: { en: 'Initial weights', ko: '초기 가중치' },
  options: initializerNames,
  default: 'glorotUniform',
})

export function filtersParam(defaultFilters: number) {
  return int({ label: { en: 'Filters', ko: '필터 수' }, min: 1, max: 65_536, default: defaultFilters })
}
export function kernelSizeParam(axes: 1 | 2) {
  return size({ label: { en: 'Kernel size', ko: '커널 크기' }, axes, default: 3 })
}
export function stridesParam(axes: 1 | 2) {
  return size({ label: { en: 'Strides', ko: '스트라이드' }, axes, default: 1 })
}
export function poolSizeParam(axes: 1 | 2) {
  return size({ label: { en: 'Pool size', ko: '풀 크기' }, axes, default: 2 })
}
/** Null moves the window by its own size, so that windows do not overlap. */
export function poolStridesParam(axes: 1 | 2) {
  return optionalSize({ label: { en: 'Strides', ko: '스트라이드' }, axes })
}

/** Weight decay of one layer: what is added to the loss, and how strongly. */
export const kernelRegularizerParams = {
  kernelRegularizer: choice({
    label: { en: 'Weight penalty', ko: '가중치 규제' },
    options: ['none', 'l1', 'l2'],
    default: 'none',
  }),
  regularizerStrength: number({
    label: { en: 'Penalty strength', ko: '규제 강도' },
    min: 0,
    max: 10,
    step: 0.0001,
    default: 0.001,
  }),
}

type Regularizer = NonNullable<ReturnType<BuildContext['regularizer']>>
interface Penalty {
  readonly kernelRegularizer: 'none' | 'l1' | 'l2'
  readonly regularizerStrength: number
}

/** The penalty on a kernel as part of a tfjs layer's configuration; empty where there is none. */
export function kernelRegularizerOf(context: BuildContext, penalty: Penalty): { kernelRegularizer?: Regularizer } {
  const regularizer = regularizerOf(context, penalty)
  return regularizer ? { kernelRegularizer: regularizer } : {}
}

/** The same for a depthwise kernel, which tfjs gives a name of its own. */
export function depthwiseRegularizerOf(
  context: BuildContext,
  penalty: Penalty,
): { depthwiseRegularizer?: Regularizer } {
  const regularizer = regularizerOf(context, penalty)
  return regularizer ? { depthwiseRegularizer: regularizer } : {}
}

/** The same for the second kernel of a separable convolution. */
export function pointwiseRegularizerOf(
  context: BuildContext,
  penalty: Penalty,
): { pointwiseRegularizer?: Regularizer } {
  const regularizer = regularizerOf(context, penalty)
  return regularizer ? { pointwiseRegularizer: regularizer } : {}
}

function regularizerOf(context: BuildContext, penalty: Penalty): Regularizer | undefined {
  const { kernelRegularizer, regularizerStrength: strength } = penalty
  if (kernelRegularizer === 'none' || strength === 0) return undefined
  return kernelRegularizer === 'l1' ? context.regularizer(strength, 0) : context.regularizer(0, strength)
}
