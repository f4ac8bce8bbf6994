import type { Project } from '../project/project.ts'
import type { Text } from '../layers/text.ts'
import type { ExportedModel } from './exported-model.ts'
import { pythonComment, pythonLiteral } from './python.ts'

/** What a script is made of. */
export interface ScriptOptions {
  readonly project: Project
  readonly exported: ExportedModel
  /** What its own files begin with: `<name>.py`, `<name>-weights.npz`. */
  readonly name: string
  readonly task: 'classification' | 'regression'
  /** Names by label; empty where the data are not known. */
  readonly classes: readonly string[]
  /** The epoch whose weights lie beside it; null where nothing was trained. */
  readonly trainedEpoch: number | null
}

export interface WrittenScript {
  readonly text: string
  /** What could not be expressed, or comes out otherwise. */
  readonly notes: readonly Text[]
}

export const dataFileName = 'data.npz'
export function weightsFileName(name: string): string {
  return `${name}-weights.npz`
}
export function checkFileName(name: string): string {
  return `${name}-check.npz`
}

interface Heading extends ScriptOptions {
  readonly needs: string
  readonly notes: readonly Text[]
}

/** The docstring, which says how it is used and what it leaves out. */
export function scriptHeading({ project, exported, name, trainedEpoch, needs, notes }: Heading): string {
  const lines = [
    `"""${pythonComment(exported.model.name)}, of the project ${pythonComment(project.name)}. Written by Convas.`,
    '',
    `    python ${name}.py            trains it on ${dataFileName} by the project's recipe, and tests it`,
    ...(trainedEpoch === null
      ? []
      : [
          `    python ${name}.py --check    takes the weights of epoch ${trainedEpoch} and compares its answers with Convas's`,
        ]),
    '',
    `Needs ${needs}. ${exported.parameters} parameters.`,
    ...(notes.length === 0 ? [] : ['', 'Not as in Convas:', ...notes.map(({ en }) => `- ${pythonComment(en)}`)]),
    '"""',
  ]
  return lines.join('\n')
}

/** Reading the data: the arrays that Convas split, with pixels as 0…1; targets as the loss wants them. */
export function scriptData({ exported, classes, task, project }: ScriptOptions): string {
  const units = exported.outputShape.at(-1) ?? 1
  const kept = project.recipe.classWeights ?? null
  const weights =
    task === 'regression' || kept === null
      ? 'None'
      : kept === 'balanced'
        ? 'balanced_weights(y_train)'
        : classes.length === 0
          ? 'None'
          : pythonClassWeights(classes, kept)
  return `
CLASSES = ${pythonLiteral([...classes])}
UNITS = ${units}


def inputs_of(values):
    """Samples as the model takes them, channels last: pixels become 0 to 1, other values stay as they are."""
    return values.astype("float32") / 255 if values.dtype == np.uint8 else values.astype("float32")


def targets_of(labels):
    """One column for a single unit; else a row for each sample with a 1 at its class."""
    if UNITS == 1:
        return labels.astype("float32").reshape(-1, 1)
    return np.eye(UNITS, dtype="float32")[labels.astype("int64")]


def balanced_weights(labels):
    """Samples / (classes * samples of the class)."""
    found, counts = np.unique(labels.astype("int64"), return_counts=True)
    return {int(label): len(labels) / (len(found) * int(count)) for label, count in zip(found, counts)}


def load_data():
    with np.load(FOLDER / "${dataFileName}") as arrays:
        return {part: (arrays[f"x_{part}"], arrays[f"y_{part}"]) for part in ("train", "validation", "test")}


def class_weights(y_train):
    return ${weights}
`.trim()
}

function pythonClassWeights(classes: readonly string[], weights: Readonly<Record<string, number>>): string {
  const entries = classes.map((name, label) => `${label}: ${Object.hasOwn(weights, name) ? (weights[name] ?? 1) : 1}`)
  return `{${entries.join(', ')}}`
}

/** Where a script begins when it is run: it trains, or checks itself where it has weights. */
export function scriptEntry({ trainedEpoch }: ScriptOptions): string {
  return `
if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--epochs", type=int, default=EPOCHS)${
      trainedEpoch === null
        ? ''
        : `
    arguments.add_argument("--check", action="store_true", help="compare with the answers of Convas")`
    }
    chosen = arguments.parse_args()
    ${trainedEpoch === null ? 'sys.exit(train(chosen.epochs))' : 'sys.exit(check() if chosen.check else train(chosen.epochs))'}`.trim()
}

/** What no script does, whatever it is written for. */
export function sharedNotes({ project, exported }: ScriptOptions): Text[] {
  const { recipe } = project
  const notes: Text[] = [
    {
      en: 'Batches come in another order and weights start at other numbers than in Convas, so that figures agree within the spread between seeds.',
      ko: '배치 순서와 초기 가중치가 Convas와 다르므로, 결과는 시드에 따른 차이 범위에서 일치합니다.',
    },
  ]
  if (recipe.augmentation !== undefined)
    notes.push({
      en: 'Augmentation is left out: training samples are taken as they are.',
      ko: '데이터 증강은 옮기지 않았습니다. 학습 샘플을 그대로 씁니다.',
    })
  if (exported.layers.some(({ node }) => node.layer === 'batchNormalization'))
    notes.push({
      en: 'Batch normalisation: the last, smaller batch of an epoch moves its statistics as much as the others.',
      ko: '배치 정규화: 에포크의 마지막 작은 배치도 이동 통계를 같은 비율로 바꿉니다.',
    })
  return notes
}

/** The activation of the last layer; 'linear' where it has none. */
export function lastActivationOf({ layers }: ExportedModel): string {
  const last = layers.at(-1)
  return String(last?.params['activation'] ?? 'linear')
}
