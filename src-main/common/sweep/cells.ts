import type { Project } from '../project/project.ts'
import type { Result } from '../result.ts'
import { failureIn, success } from '../result.ts'
import { formatCount } from '../thousands.ts'
import { applyValue, differentValues, findField } from './fields.ts'
import type { SweepValue } from './fields.ts'
import type { SweepAxis, SweepCell, SweepPlan, SweepSettings } from './plan.ts'
import { mostCells } from './plan.ts'
import { createDraw } from './draw.ts'

type Values = Readonly<Record<string, SweepValue>>

interface PlanOptions {
  readonly sweep: string
  readonly created: string
  readonly project: Project
  readonly models: readonly string[]
  readonly settings: SweepSettings
}

/** A sweep with all its cells, none of them begun; refused in words where a field does not take a value. */
export function planSweep({ sweep, created, project, models, settings }: PlanOptions): Result<SweepPlan> {
  const { method } = settings
  const known = project.models.map(({ id }) => id)
  const unknown = models.find((id) => !known.includes(id))
  if (models.length === 0 || unknown !== undefined)
    return refuse(
      `Models of ${known.join(', ')} were expected. Received: ${unknown ?? 'none'}`,
      `${known.join(', ')} 가운데 모델을 골라야 합니다. 받은 값: ${unknown ?? '없음'}`,
    )
  const axes = resolveAxes(project, settings)
  if (!axes.ok) return axes
  const values = method.type === 'folds' ? success<readonly Values[]>([]) : valuesOf(axes.value, settings)
  if (!values.ok) return values
  for (const some of values.value) {
    const changed = withValues(project, some)
    if (!changed.ok) return changed
  }
  const { epochs } = project.recipe
  const rungs = method.type === 'halving' ? halvingRungs(values.value.length, epochs, method.keep) : []
  const cells: SweepCell[] =
    method.type === 'folds'
      ? foldCells(method, epochs)
      : values.value.map((some, index) =>
          newCell(`cell-${index + 1}`, {
            values: { ...some },
            epochs: rungs[0]?.epochs ?? epochsOf(project, some),
          }),
        )
  return success({
    format: 'convas-sweep',
    version: 1,
    sweep,
    created,
    state: 'running',
    settings: { ...settings, axes: axes.value },
    project: project as SweepPlan['project'],
    models: [...models],
    cells,
    seconds: 0,
    rungs,
  })
}

/** The project that a cell trains. Its models are not yet fitted to data that the cell may have changed. */
export function projectOfCell({ project, settings }: SweepPlan, cell: SweepCell): Result<Project> {
  const changed = withValues(project, cell.values)
  if (!changed.ok) return changed
  const { recipe } = changed.value
  const withEpochs = { ...changed.value, recipe: { ...recipe, epochs: cell.epochs } }
  if (cell.fold === null || settings.method.type !== 'folds') return success(withEpochs)
  if (cell.fold !== 'all') {
    const validation = { fold: cell.fold, of: settings.method.of }
    return success({ ...withEpochs, recipe: { ...withEpochs.recipe, split: { validation } } })
  }
  // Nothing is left to judge on, so nothing can be stopped early or restored.
  const { earlyStopping: _, ...unstopped } = withEpochs.recipe
  return success({ ...withEpochs, recipe: { ...unstopped, split: { validation: 0 } } })
}

/** Fields that were named in short get their ids; what a grid or its fields cannot take is refused. */
function resolveAxes(project: Project, { axes, method }: SweepSettings): Result<readonly SweepAxis[]> {
  if (method.type === 'folds') {
    return axes.length === 0
      ? success([])
      : refuse(
          'Folds vary nothing but the split: leave the fields out.',
          '폴드는 데이터 분할만 바꿉니다. 바꿀 항목을 빼세요.',
        )
  }
  if (axes.length === 0) {
    return refuse(
      'At least one field to vary was expected. Received: none',
      '바꿀 항목이 하나 이상 있어야 합니다. 받은 값: 없음',
    )
  }
  const resolved: SweepAxis[] = []
  for (const axis of axes) {
    const field = findField(project, axis.field)
    if (!field.ok) return field
    const { id, kind } = field.value
    if (resolved.some((other) => other.field === id))
      return refuse(
        `A field to be varied once was expected. Received twice: ${id}`,
        `같은 항목을 두 번 바꿀 수 없습니다: ${id}`,
      )
    if (id === 'recipe.epochs' && method.type === 'halving')
      return refuse(
        'Successive halving decides on the epochs itself: leave recipe.epochs out.',
        '연속 절반 탐색은 에포크 수를 스스로 정합니다. recipe.epochs를 빼세요.',
      )
    if ('from' in axis) {
      if (method.type === 'grid' || (method.type === 'halving' && method.count === null))
        return refuse(
          `${id}: a grid needs a list of values. Received: ${axis.from}..${axis.to}`,
          `${id}: 모든 조합을 학습하려면 값의 목록이 필요합니다. 받은 값: ${axis.from}..${axis.to}`,
        )
      if (kind.type !== 'number' && kind.type !== 'size')
        return refuse(
          `${id}: a list of values was expected, for it is no number. Received: a range`,
          `${id}: 수가 아니므로 값의 목록이어야 합니다. 받은 값: 범위`,
        )
      if (!(axis.from < axis.to))
        return refuse(
          `${id}: a range that rises was expected. Received: ${axis.from}..${axis.to}`,
          `${id}: 커지는 범위여야 합니다. 받은 값: ${axis.from}..${axis.to}`,
        )
      if (axis.scale === 'log' && axis.from <= 0)
        return refuse(
          `${id}: a logarithmic range begins above 0. Received: ${axis.from}`,
          `${id}: 로그 범위는 0보다 큰 값에서 시작해야 합니다. 받은 값: ${axis.from}`,
        )
    }
    resolved.push('values' in axis ? { field: id, values: differentValues(axis.values) } : { ...axis, field: id })
  }
  // Ranges are tried at their ends, so that a sweep does not fail half-way.
  for (const axis of resolved) {
    for (const value of 'from' in axis ? [axis.from, axis.to] : axis.values) {
      const changed = withValues(project, { [axis.field]: value })
      if (!changed.ok) return changed
    }
  }
  const isWhole = (axis: SweepAxis) => {
    const field = findField(project, axis.field)
    if (!field.ok) return false
    return field.value.kind.type === 'size' || (field.value.kind.type === 'number' && field.value.kind.whole)
  }
  const uneven = resolved.find(
    (axis) => 'from' in axis && isWhole(axis) && !(Number.isInteger(axis.from) && Number.isInteger(axis.to)),
  )
  return uneven === undefined
    ? success(resolved)
    : refuse(
        `${uneven.field}: whole numbers were expected at both ends of the range.`,
        `${uneven.field}: 범위의 양 끝은 정수여야 합니다.`,
      )
}

function refuse(en: string, ko: string): Result<never> {
  return failureIn('invalid-request', { en, ko })
}

function valuesOf(axes: readonly SweepAxis[], { method, seed }: SweepSettings): Result<readonly Values[]> {
  const count = method.type === 'random' || method.type === 'halving' ? method.count : null
  const size = axes.reduce((product, axis) => product * ('values' in axis ? axis.values.length : Infinity), 1)
  if (count !== null) return success(drawCells(axes, Math.min(count, size), seed))
  return size > mostCells
    ? refuse(
        `At most ${formatCount(mostCells)} cells were expected. Received: ${formatCount(size)}. Draw some of them at random.`,
        `조합은 최대 ${formatCount(mostCells)}개입니다. 받은 값: ${formatCount(size)}개. 일부를 무작위로 뽑으세요.`,
      )
    : success(grid(axes))
}

/** Every combination, the last field changing fastest. */
function grid(axes: readonly SweepAxis[]): readonly Values[] {
  return axes.reduce<readonly Values[]>(
    (cells, axis) =>
      'values' in axis
        ? cells.flatMap((cell) => axis.values.map((value): Values => ({ ...cell, [axis.field]: value })))
        : cells,
    [{}],
  )
}

/** So many different cells, following from the seed. */
function drawCells(axes: readonly SweepAxis[], count: number, seed: number): readonly Values[] {
  const draw = createDraw(seed)
  const drawn = new Map<string, Values>()
  // Ranges of few whole numbers may have fewer cells than were asked for.
  for (let tries = 0; drawn.size < count && tries < count * 1_000; tries++) {
    const cell = Object.fromEntries(axes.map((axis) => [axis.field, drawValue(axis, draw)]))
    drawn.set(JSON.stringify(cell), cell)
  }
  return [...drawn.values()]
}

function drawValue(axis: SweepAxis, draw: () => number): SweepValue {
  if ('values' in axis) return axis.values[Math.floor(draw() * axis.values.length)] ?? 0
  const { from, to, scale } = axis
  const isWhole = Number.isInteger(from) && Number.isInteger(to)
  const share = draw()
  // Half a number more at each end, so that whole numbers at the ends come as often as the others.
  const [low, high] = isWhole ? [from - 0.5, to + 0.5] : [from, to]
  const least = scale === 'log' ? Math.max(low, from / 2) : low
  const value = scale === 'log' ? least * Math.pow(high / least, share) : least + (high - least) * share
  return isWhole ? Math.min(to, Math.max(from, Math.round(value))) : Number(value.toPrecision(4))
}

/**
 * The rungs of successive halving (Jamieson and Talwalkar 2016): each has `keep` times the epochs of the one before and 1/`keep`
 * of its cells, rounded up; the last has all epochs, and the first at least one.
 */
export function halvingRungs(
  cells: number,
  epochs: number,
  keep: number,
): readonly { readonly epochs: number; readonly cells: number }[] {
  const most = Math.min(Math.floor(logOf(cells, keep)), Math.floor(logOf(epochs, keep)))
  return Array.from({ length: most + 1 }, (_, rung) => ({
    epochs: Math.max(1, Math.round(epochs / Math.pow(keep, most - rung))),
    cells: Math.ceil(cells / Math.pow(keep, rung)),
  }))
}

function logOf(value: number, base: number): number {
  return Math.log(value) / Math.log(base) + 1e-9
}

/** The folds one after the other, and last the model on all training data. */
function foldCells({ of, final }: { readonly of: number; readonly final: boolean }, epochs: number): SweepCell[] {
  const folds = Array.from({ length: of }, (_, index) =>
    newCell(`fold-${index + 1}`, { values: {}, fold: index + 1, epochs }),
  )
  return final ? [...folds, newCell('final', { values: {}, fold: 'all', epochs })] : folds
}

function newCell(
  id: string,
  { fold = null, ...given }: Pick<SweepCell, 'values' | 'epochs'> & Partial<Pick<SweepCell, 'fold'>>,
): SweepCell {
  return {
    id,
    fold,
    state: 'waiting',
    run: null,
    rung: 0,
    measures: [],
    seconds: 0,
    message: null,
    text: null,
    ...given,
  }
}

function epochsOf(project: Project, values: Values): number {
  const { 'recipe.epochs': epochs } = values
  return typeof epochs === 'number' ? epochs : project.recipe.epochs
}

function withValues(project: Project, values: Values): Result<Project> {
  let changed = project
  for (const [id, value] of Object.entries(values)) {
    const field = findField(changed, id)
    if (!field.ok) return field
    const applied = applyValue(changed, field.value, value)
    if (!applied.ok) return applied
    changed = applied.value
  }
  return success(changed)
}
