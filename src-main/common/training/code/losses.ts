import type { LossType, Recipe } from '../recipe.ts'
import { takesLabelSmoothing } from '../loss-fit.ts'

/** How a loss is written elsewhere. */
interface LossCode {
  readonly keras: string
  /** The activation of which a loss from scores is the usual partner; null where the loss takes the output as it is. */
  readonly partner: 'sigmoid' | 'softmax' | 'none' | null
  /** One loss a sample, or one for each unit; of scores `s` and targets `t`, both [batch, units]. */
  readonly torch: string
}

const codes: Readonly<Record<LossType, LossCode>> = {
  binaryCrossentropy: {
    keras: 'BinaryCrossentropy',
    partner: 'sigmoid',
    torch: 'F.binary_cross_entropy_with_logits(s, t, reduction="none").mean(1)',
  },
  categoricalCrossentropy: {
    keras: 'CategoricalCrossentropy',
    partner: 'softmax',
    torch: '-(F.log_softmax(s, dim=1) * t).sum(1)',
  },
  sparseCategoricalCrossentropy: {
    keras: 'CategoricalCrossentropy',
    partner: 'softmax',
    torch: '-(F.log_softmax(s, dim=1) * t).sum(1)',
  },
  hinge: { keras: 'Hinge', partner: 'none', torch: 'F.relu(1 - s * (2 * t - 1)).mean(1)' },
  categoricalHinge: {
    keras: 'CategoricalHinge',
    partner: 'none',
    torch: 'F.relu(1 + ((1 - t) * s).amax(1) - (s * t).sum(1))',
  },
  meanSquaredError: { keras: 'MeanSquaredError', partner: null, torch: '((s - t) ** 2).mean(1)' },
  meanAbsoluteError: { keras: 'MeanAbsoluteError', partner: null, torch: '(s - t).abs().mean(1)' },
  huber: { keras: 'Huber', partner: null, torch: 'F.huber_loss(s, t, reduction="none", delta=DELTA).mean(1)' },
}

export interface WrittenLoss {
  /** A constructor call of Keras without `keras.losses.`. */
  readonly keras: string
  readonly torch: string
  /** Whether the loss takes what comes before a final sigmoid or softmax, which Keras cannot find out by itself. */
  readonly needsScores: boolean
  /** The same where the framework always wants scores. */
  readonly takesScores: boolean
}

/** The loss of a recipe for a model whose last layer has this activation. */
export function writtenLoss(recipe: Recipe, lastActivation: string): WrittenLoss {
  const { keras, torch, partner } = codes[recipe.loss]
  const endsInProbability = lastActivation === 'sigmoid' || lastActivation === 'softmax'
  const needsScores = partner !== null && endsInProbability && partner !== lastActivation
  const isCrossEntropy = partner === 'sigmoid' || partner === 'softmax'
  const smoothing = takesLabelSmoothing(recipe.loss) ? (recipe.labelSmoothing ?? 0) : 0
  const settings = [
    ...(isCrossEntropy && partner !== lastActivation ? ['from_logits=True'] : []),
    ...(smoothing > 0 ? [`label_smoothing=${smoothing}`] : []),
    ...(recipe.loss === 'huber' ? [`delta=${recipe.huberDelta ?? 1}`] : []),
  ]
  return {
    keras: `${keras}(${settings.join(', ')})`,
    torch: torch.replace('DELTA', String(recipe.huberDelta ?? 1)),
    needsScores,
    takesScores: partner !== null && endsInProbability,
  }
}
