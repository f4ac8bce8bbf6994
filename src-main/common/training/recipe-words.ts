import type { Text } from '../layers/text.ts'
import type { clippingTypes, LossType, OptimizerType, Schedule } from './recipe.ts'

// What the parts of a recipe are called wherever people read of them.

export const optimizerTitles = {
  sgd: { en: 'SGD', ko: 'SGD' },
  momentum: { en: 'SGD with momentum', ko: 'SGD + 모멘텀' },
  nesterov: { en: 'SGD with Nesterov momentum', ko: 'SGD + 네스테로프 모멘텀' },
  rmsprop: { en: 'RMSprop', ko: 'RMSprop' },
  adagrad: { en: 'Adagrad', ko: 'Adagrad' },
  adam: { en: 'Adam', ko: 'Adam' },
  adamw: { en: 'AdamW', ko: 'AdamW' },
  nadam: { en: 'Nadam', ko: 'Nadam' },
} as const satisfies Readonly<Record<OptimizerType, Text>>

export const scheduleTitles = {
  constant: { en: 'Constant', ko: '일정하게' },
  step: { en: 'Step (StepLR)', ko: '단계적 감소(StepLR)' },
  exponential: { en: 'Exponential decay', ko: '지수 감소' },
  cosine: { en: 'Cosine with warm-up', ko: '코사인 감소 + 웜업' },
  plateau: { en: 'Reduce on plateau', ko: '정체 시 감소' },
} as const satisfies Readonly<Record<Schedule['type'], Text>>

export const clippingTitles = {
  value: { en: 'Value', ko: '값' },
  norm: { en: 'Norm of each', ko: '가중치별 노름' },
  globalNorm: { en: 'Global norm', ko: '전체 노름' },
} as const satisfies Readonly<Record<(typeof clippingTypes)[number], Text>>

export const lossTitles = {
  binaryCrossentropy: { en: 'Binary cross-entropy', ko: '이진 교차 엔트로피' },
  categoricalCrossentropy: { en: 'Categorical cross-entropy', ko: '범주형 교차 엔트로피' },
  sparseCategoricalCrossentropy: {
    en: 'Sparse categorical cross-entropy',
    ko: '희소 범주형 교차 엔트로피',
  },
  hinge: { en: 'Hinge', ko: '힌지 손실' },
  categoricalHinge: { en: 'Categorical hinge', ko: '범주형 힌지 손실' },
  meanSquaredError: { en: 'Mean squared error', ko: '평균 제곱 오차' },
  meanAbsoluteError: { en: 'Mean absolute error', ko: '평균 절대 오차' },
  huber: { en: 'Huber loss', ko: '후버 손실' },
} as const satisfies Readonly<Record<LossType, Text>>

/** Of class weights that follow from how many samples each class has. */
export const balancedTitle = { en: 'Balanced', ko: '균형 맞춤' } as const satisfies Text

const factor = { en: 'Factor', ko: '배율' } as const

/** By their names in a recipe; `cosineSteps` are the `decaySteps` of a cosine. */
export const settingTitles = {
  learningRate: { en: 'Learning rate', ko: '학습률' },
  momentum: { en: 'Momentum', ko: '모멘텀' },
  weightDecay: { en: 'Weight decay', ko: '가중치 감쇠' },
  beta1: { en: 'Beta 1', ko: '베타 1' },
  beta2: { en: 'Beta 2', ko: '베타 2' },
  rho: { en: 'Rho', ko: '로(ρ)' },
  epsilon: { en: 'Epsilon', ko: '엡실론' },
  initialAccumulator: { en: 'Initial sum', ko: '초기 누적값' },
  centered: { en: 'Centred', ko: '중심화' },
  amsgrad: { en: 'AMSGrad', ko: 'AMSGrad' },
  stepSize: { en: 'Every … epochs', ko: '간격(에포크)' },
  gamma: factor,
  rate: factor,
  factor,
  decaySteps: { en: 'Every … steps', ko: '간격(스텝)' },
  staircase: { en: 'Staircase', ko: '계단식' },
  warmupSteps: { en: 'Warm-up steps', ko: '웜업 스텝' },
  cosineSteps: { en: 'Decay steps', ko: '감소 스텝' },
  floor: { en: 'Lowest share', ko: '최저 비율' },
  monitor: { en: 'Watches', ko: '지켜볼 값' },
  patience: { en: 'Patience', ko: '기다릴 에포크' },
  minDelta: { en: 'Least gain', ko: '최소 개선 폭' },
  cooldown: { en: 'Cool-down', ko: '대기 에포크' },
  minimum: { en: 'Lowest rate', ko: '최저 학습률' },
  restoreBest: { en: 'Keep the best', ko: '최선의 에포크 사용' },
  limit: { en: 'Limit', ko: '한계' },
  flipHorizontal: { en: 'Flip left–right', ko: '좌우 뒤집기' },
  flipVertical: { en: 'Flip top–bottom', ko: '상하 뒤집기' },
  shift: { en: 'Shift', ko: '이동' },
  rotate: { en: 'Rotate', ko: '회전' },
  zoom: { en: 'Zoom', ko: '확대·축소' },
  brightness: { en: 'Brightness', ko: '밝기' },
  noise: { en: 'Noise', ko: '잡음' },
} as const satisfies Readonly<Record<string, Text>>
