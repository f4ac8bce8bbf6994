import type { OptimizerType, Recipe } from './recipe.ts'

const adamDefaults = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 }

/** What each optimiser can be set to, beside its learning rate, with the defaults of Keras 3. */
export const optimizerDefaults = {
  sgd: { momentum: 0, weightDecay: 0 },
  momentum: { momentum: 0.9, weightDecay: 0 },
  nesterov: { momentum: 0.9, weightDecay: 0 },
  rmsprop: { rho: 0.9, momentum: 0, epsilon: 1e-7, weightDecay: 0, centered: false },
  adagrad: { initialAccumulator: 0.1, epsilon: 1e-7, weightDecay: 0 },
  adam: { ...adamDefaults, weightDecay: 0, amsgrad: false },
  adamw: { ...adamDefaults, weightDecay: 0.004, amsgrad: false },
  nadam: { ...adamDefaults, weightDecay: 0 },
} as const satisfies Record<OptimizerType, Partial<OptimizerSettings>>

type OptimizerFields = Required<Omit<Recipe['optimizer'], 'type' | 'learningRate'>>

/** Every setting with a value; those that an optimiser does not know are neutral. */
export type OptimizerSettings = { readonly [Field in keyof OptimizerFields]: OptimizerFields[Field] }

const neutral: OptimizerSettings = {
  momentum: 0,
  weightDecay: 0,
  beta1: 0,
  beta2: 0,
  rho: 0,
  epsilon: 0,
  centered: false,
  amsgrad: false,
  initialAccumulator: 0,
}

/** The settings of a recipe's optimiser: its own, else the default, each only where the optimiser has it. */
export function optimizerSettings(optimizer: Recipe['optimizer']): OptimizerSettings {
  const known: Partial<OptimizerSettings> = optimizerDefaults[optimizer.type]
  const chosen = Object.entries(optimizer).filter(([field]) => field in known)
  return { ...neutral, ...known, ...Object.fromEntries(chosen) }
}
