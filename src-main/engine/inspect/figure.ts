import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { PNG } from 'pngjs'
import { cellsOf, layOutStages, writeFigure } from '../../common/figure/stages-figure.ts'
import type { FigurePlane } from '../../common/figure/stages-figure.ts'
import { analyzeModel } from '../../common/graph/analyze.ts'
import type { Model } from '../../common/graph/graph.ts'
import type { Result } from '../../common/result.ts'
import { success } from '../../common/result.ts'
import type { Stages } from '../../common/training/explanation.ts'
import { predictedClass } from '../train/metrics.ts'
import { writeFault } from './pictures.ts'

interface StagesOfFiles {
  readonly model: Model
  readonly stages: Stages
  readonly classes: readonly string[]
  readonly titles: readonly string[]
}

/** Writes pictures through all layers as one SVG; maps in grey, each from its least to its greatest value. */
export async function writeStagesFigure(file: string, figure: StagesOfFiles): Promise<Result<null>> {
  const { model, stages, classes, titles } = figure
  const names = analyzeModel(model, null).nodes
  const laidOut = layOutStages({
    stages: stages.nodes.map((node) => ({ node, name: names.get(node)?.name ?? node })),
    samples: stages.rows.map(({ maps, prediction }, index) => ({
      title: titles[index] ?? '',
      maps,
      answer: answerOf(prediction, classes),
    })),
    someOf: (shown, all) => `${shown} of ${all}`,
  })
  try {
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, writeFigure(laidOut, imageOf))
    return success(null)
  } catch (error) {
    return writeFault(error, file)
  }
}

/** "dog 93.1 %", or the value that is predicted. */
function answerOf(prediction: readonly number[], classes: readonly string[]): string {
  if (classes.length === 0) return (prediction[0] ?? NaN).toPrecision(4)
  const label = predictedClass(prediction, 0, prediction.length, 0.5)
  const [single = 0] = prediction
  const probability = prediction.length > 1 ? (prediction[label] ?? 0) : label === 1 ? single : 1 - single
  return `${classes[label] ?? label} ${(probability * 100).toFixed(1)} %`
}

function imageOf({ tensor, channel }: FigurePlane): string {
  const { shape, data } = tensor
  const [height, width] = cellsOf(shape)
  const channels = shape.length === 1 ? 1 : (shape.at(-1) ?? 1)
  const png = new PNG({ width, height })
  const valueAt = (cell: number, of: number) => data[cell * channels + of] as number
  const cells = Array.from({ length: width * height }, (_, cell) => cell)
  const values = cells.map((cell) => valueAt(cell, channel ?? 0))
  const least = channel === null ? 0 : values.reduce((one, other) => Math.min(one, other), Infinity)
  const greatest = channel === null ? 1 : values.reduce((one, other) => Math.max(one, other), -Infinity)
  for (const cell of cells) {
    for (let part = 0; part < 3; part++) {
      const value = valueAt(cell, channel ?? Math.min(part, channels - 1))
      png.data[cell * 4 + part] = Math.round(((value - least) / (greatest - least || 1)) * 255)
    }
    png.data[cell * 4 + 3] = 255
  }
  return `data:image/png;base64,${PNG.sync.write(png).toString('base64')}`
}
