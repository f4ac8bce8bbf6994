import { initializerNames } from './define.ts'
import { choice, flag } from './params.ts'

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
