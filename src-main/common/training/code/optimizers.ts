import type { KerasValue } from '../../layers/keras.ts'
import { optimizerSettings } from '../optimizer-settings.ts'
import type { OptimizerSettings } from '../optimizer-settings.ts'
import type { OptimizerType, Recipe } from '../recipe.ts'

interface OptimizerCode {
  readonly keras: (settings: OptimizerSettings) => {
    readonly className: string
    readonly arguments: Readonly<Record<string, KerasValue>>
  }
  readonly torch: (settings: OptimizerSettings) => {
    readonly className: string
    readonly arguments: Readonly<Record<string, KerasValue>>
    /** What PyTorch computes otherwise. */
    readonly differs?: string
  }
}

const epsilonOutside = 'PyTorch adds epsilon after the root, Keras before it'

const adam: Pick<OptimizerCode, 'torch'> = {
  torch: ({ beta1, beta2, epsilon, amsgrad }) => ({
    className: 'Adam',
    arguments: { betas: [beta1, beta2], eps: epsilon, amsgrad },
    differs: 'epsilon counts a little more in the first steps',
  }),
}
const adamArguments = ({ beta1, beta2, epsilon }: OptimizerSettings) => ({ beta_1: beta1, beta_2: beta2, epsilon })
const sgd = (isNesterov: boolean): OptimizerCode => ({
  keras: ({ momentum }) => ({
    className: 'SGD',
    arguments: { ...(momentum > 0 && { momentum }), ...(isNesterov && { nesterov: true }) },
  }),
  torch: ({ momentum }) => ({
    className: 'SGD',
    arguments: { ...(momentum > 0 && { momentum }), ...(isNesterov && momentum > 0 && { nesterov: true }) },
  }),
})

const codes: Readonly<Record<OptimizerType, OptimizerCode>> = {
  sgd: sgd(false),
  momentum: sgd(false),
  nesterov: sgd(true),
  rmsprop: {
    keras: ({ rho, momentum, epsilon, centered }) => ({
      className: 'RMSprop',
      arguments: { rho, momentum, epsilon, centered },
    }),
    torch: ({ rho, momentum, epsilon, centered }) => ({
      className: 'RMSprop',
      arguments: { alpha: rho, momentum, eps: epsilon, centered },
      differs: epsilonOutside,
    }),
  },
  adagrad: {
    keras: ({ initialAccumulator, epsilon }) => ({
      className: 'Adagrad',
      arguments: { initial_accumulator_value: initialAccumulator, epsilon },
    }),
    torch: ({ initialAccumulator, epsilon }) => ({
      className: 'Adagrad',
      arguments: { initial_accumulator_value: initialAccumulator, eps: epsilon },
      differs: epsilonOutside,
    }),
  },
  adam: {
    ...adam,
    keras: (settings) => ({
      className: 'Adam',
      arguments: { ...adamArguments(settings), amsgrad: settings.amsgrad },
    }),
  },
  adamw: {
    ...adam,
    keras: (settings) => ({
      className: 'AdamW',
      arguments: { ...adamArguments(settings), amsgrad: settings.amsgrad },
    }),
  },
  nadam: {
    keras: (settings) => ({ className: 'Nadam', arguments: adamArguments(settings) }),
    // Keras lets the momentum rise by 0.96 to the power of the step, PyTorch by that of the step times this.
    torch: ({ beta1, beta2, epsilon }) => ({
      className: 'NAdam',
      arguments: { betas: [beta1, beta2], eps: epsilon, momentum_decay: 1 },
    }),
  },
}

/** The optimiser of a recipe in Keras; the learning rate is the caller's. */
export function kerasOptimizer({ optimizer, clipping }: Recipe): ReturnType<OptimizerCode['keras']> {
  const settings = optimizerSettings(optimizer)
  const { className, arguments: own } = codes[optimizer.type].keras(settings)
  const clips = { value: 'clipvalue', norm: 'clipnorm', globalNorm: 'global_clipnorm' } as const
  const isDecaying = settings.weightDecay > 0 || optimizer.type === 'adamw'
  return {
    className,
    arguments: {
      ...own,
      ...(isDecaying && { weight_decay: settings.weightDecay }),
      ...(clipping && { [clips[clipping.type]]: clipping.limit }),
    },
  }
}

/** The optimiser in PyTorch, and its decoupled weight decay, which only one of PyTorch's has itself. */
export function torchOptimizer({ optimizer }: Recipe): ReturnType<OptimizerCode['torch']> & { weightDecay: number } {
  const settings = optimizerSettings(optimizer)
  return { ...codes[optimizer.type].torch(settings), weightDecay: settings.weightDecay }
}
