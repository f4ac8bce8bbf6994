import type { Recipe } from '../../common/training/recipe.ts'
import type { Dataset } from '../datasets/reader.ts'

/**
 * How much each label counts in the loss; null where all count the same. 'balanced' is samples / (classes · samples of the
 * class) over the training positions, as in scikit-learn; classes without samples there count 1.
 */
export function classWeightsFor(
  { classWeights }: Pick<Recipe, 'classWeights'>,
  { descriptor, parts }: Dataset,
  positions: Int32Array,
): readonly number[] | null {
  if (classWeights === undefined || descriptor.task === 'regression') return null
  const { classes } = descriptor
  if (classWeights !== 'balanced') {
    // A class may be called "constructor".
    return classes.map((name) => (Object.hasOwn(classWeights, name) ? (classWeights[name] ?? 1) : 1))
  }
  const counts = classes.map(() => 0)
  for (const position of positions) {
    const label = parts.train.targets[position] as number
    counts[label] = (counts[label] ?? 0) + 1
  }
  const present = counts.filter((count) => count > 0).length
  return counts.map((count) => (count === 0 ? 1 : positions.length / (present * count)))
}

/** Names in the recipe's class weights that the data do not have. */
export function unknownWeightedClasses(
  { classWeights }: Pick<Recipe, 'classWeights'>,
  classes: readonly string[],
): readonly string[] {
  if (classWeights === undefined || classWeights === 'balanced') return []
  return Object.keys(classWeights).filter((name) => !classes.includes(name))
}
