import { computeLayer } from '../formula/compute-layer.ts'
import type { Params } from '../graph/graph.ts'
import type { LayerType } from '../layers/registry.ts'
import type { Values } from '../layers/cells/cell.ts'
import type { Rows } from './lesson.ts'
import { stack } from './lesson.ts'

/** The sides of the picture that a digit is moved on. */
export const DIGIT_SIDE = 14
const [HEIGHT, WIDTH, HOME_ROW, HOME_COLUMN] = [10, 6, 2, 4]
/** How sure an answer is at best: the score of a pattern that fits altogether. */
const GAIN = 6

const drawn: Readonly<Record<string, string>> = {
  '1': '..##.. .###.. ..##.. ..##.. ..##.. ..##.. ..##.. ..##.. ..##.. .####.',
  '4': '...##. ..###. .####. .#.##. ##.##. ###### ###### ...##. ...##. ...##.',
  '7': '###### ###### ....## ....## ...##. ...##. ..##.. ..##.. .##... .##...',
}

/** The digits that the lesson's two networks know. */
export const digits: readonly string[] = Object.keys(drawn)

const patterns = digits.map((digit) =>
  (drawn[digit] ?? '').split(' ').map((row) => Array.from(row, (cell) => (cell === '#' ? 1 : 0))),
)
/** A digit's ink attracts, what lies between repels; as much altogether for each digit. */
const kernels = patterns.map((rows) => {
  const ink = rows.flat().reduce<number>((sum, cell) => sum + cell, 0)
  return rows.map((row) => row.map((cell) => ((cell === 1 ? 1 : -1) * GAIN) / ink))
})

/** A digit in the middle of a picture of 0 and 1, [14, 14]. */
export function pictureOfDigit(digit: string): Rows {
  const pattern = patterns[digits.indexOf(digit)] ?? []
  return Array.from({ length: DIGIT_SIDE }, (_, row) =>
    Array.from({ length: DIGIT_SIDE }, (__, column) => pattern[row - HOME_ROW]?.[column - HOME_COLUMN] ?? 0),
  )
}

/** A picture moved down and to the right; what leaves it is lost, what comes in is empty. */
export function shifted(rows: Rows, down: number, right: number): Rows {
  return rows.map((row, y) => row.map((_, x) => rows[y - down]?.[x - right] ?? 0))
}

/** How many of the picture's numbers are others: what an input layer without a sense of place sees of a move. */
export function changedInputs(one: Rows, other: Rows): number {
  return one.flat().filter((value, index) => value !== other.flat()[index]).length
}

/** A network's answer: a score and a probability for each digit. */
export interface DigitAnswer {
  readonly scores: readonly number[]
  readonly probabilities: readonly number[]
}

/** Flatten and a dense layer: each pattern's numbers are weights of the pixels where the digit stood. */
export function answerOfDense(picture: Rows): DigitAnswer {
  const kernel = Array.from({ length: DIGIT_SIDE * DIGIT_SIDE }, (_, cell) => {
    const [row, column] = [Math.floor(cell / DIGIT_SIDE) - HOME_ROW, (cell % DIGIT_SIDE) - HOME_COLUMN]
    return kernels.map((rows) => rows[row]?.[column] ?? 0)
  }).flat()
  const flat = run('flatten', {}, stack([picture]))
  return answer(
    run('dense', { units: digits.length, activation: 'linear' }, flat, {
      kernel: { shape: [DIGIT_SIDE * DIGIT_SIDE, digits.length], data: kernel },
    }),
  )
}

/** A convolution with the same patterns as kernels, and the largest number of each map. */
export function answerOfConvolution(picture: Rows): DigitAnswer & { readonly maps: Values } {
  const { data } = stack(kernels)
  const maps = run(
    'conv2d',
    { filters: digits.length, kernelSize: [HEIGHT, WIDTH], padding: 'same', activation: 'linear' },
    stack([picture]),
    { kernel: { shape: [HEIGHT, WIDTH, 1, digits.length], data } },
  )
  return { ...answer(run('globalMaxPooling2d', {}, maps)), maps }
}

function answer(scores: Values): DigitAnswer {
  const probabilities = run('activation', { activation: 'softmax' }, scores)
  return { scores: Array.from(scores.data), probabilities: Array.from(probabilities.data) }
}

function run(layer: LayerType, params: Params, input: Values, weights: Readonly<Record<string, Values>> = {}): Values {
  return computeLayer(layer, params, [input], weights)
}
