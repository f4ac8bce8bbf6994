import type { ComparedModel, Comparison, JudgedPart } from '../comparison/compare-models.ts'
import { recipeFieldNames } from '../comparison/differences.ts'
import { letterOf } from '../comparison/letters.ts'
import type { DistortionCurves } from '../comparison/distortion.ts'
import type { DatasetDescriptor } from '../data/dataset.ts'
import type { ExportedModel } from '../export/exported-model.ts'
import { exportMarks } from '../export/formats.ts'
import { writeKerasScript } from '../export/keras-script.ts'
import { pythonNames } from '../export/python.ts'
import type { Text } from '../layers/text.ts'
import type { Project } from '../project/project.ts'
import { formatCount } from '../thousands.ts'
import { optimizerSettings } from '../training/optimizer-settings.ts'
import type { TrainingEvent } from '../training/events.ts'
import { metricDefinitions, metricTypes } from '../training/metrics.ts'
import type { Recipe } from '../training/recipe.ts'
import {
  balancedTitle,
  clippingTitles,
  lossTitles,
  optimizerTitles,
  scheduleTitles,
  settingTitles,
} from '../training/recipe-words.ts'
import { reportStyle, seriesColours } from './style.ts'
import type { ChartLine } from './svg.ts'
import { escaped, graphPicture, lineChart } from './svg.ts'
import type { Word } from './words.ts'
import { shiftWords, words } from './words.ts'

/** A PNG file as a data URI, or values that are drawn as a line. */
export type ReportPicture = string | readonly number[]

/** Pictures of one layer; of the input its maps are the sample. */
export interface ReportPictures {
  readonly layer: string
  readonly isInput: boolean
  readonly kernels: readonly ReportPicture[]
  readonly maps: readonly ReportPicture[]
  /** All that there are; fewer may be shown. */
  readonly count: number
}

/** A run that models of the report come from. */
export interface ReportRun {
  readonly run: string
  /** What somebody called it; empty where nobody did. */
  readonly name: string
  readonly project: Project
  readonly events: readonly TrainingEvent[]
  /** Programs and their versions. */
  readonly versions: Readonly<Record<string, string>>
}

export interface ReportModel {
  /** Its place among the runs. */
  readonly run: number
  readonly exported: ExportedModel
  readonly notation: string | null
  readonly epoch: number | null
  readonly pictures: readonly ReportPictures[]
}

export interface ReportContent {
  readonly language: keyof Text
  readonly runs: readonly ReportRun[]
  readonly data: DatasetDescriptor
  /** In the order of the comparison. */
  readonly models: readonly ReportModel[]
  readonly comparison: Comparison
  readonly shift: readonly DistortionCurves[]
  /** ISO 8601. */
  readonly written: string
}

type Translate = (word: Word) => string

const mostClasses = 20
const mostScores = 100

/** One HTML file that needs no other and asks no network for anything: styles inside, pictures as data. */
export function writeReport(content: ReportContent): string {
  const { language, runs, written } = content
  const t: Translate = (word) => escaped(words[word][language])
  const title = escaped([...new Set(runs.map(({ project }) => project.name))].join(' · '))
  const from =
    runs.length === 1
      ? `${escaped(runs[0]?.name || t('run'))} ${escaped(runs[0]?.run ?? '')}`
      : `${t('runs')}: ${runs.length}`
  const sections = [
    section(t('results'), results(content, t)),
    section(t('curves'), curves(content, t)),
    section(t('shift'), shiftCurves(content)),
    section(t('confusion'), confusions(content, t)),
    section(t('models'), content.models.map((model, index) => modelOf(model, index, content, t)).join('')),
    section(t('recipe'), recipeTable(content, t)),
    section(t('data'), dataTable(content, t)),
    section(t('runs'), runTable(content, t)),
    section(t('pictures'), pictures(content, t)),
    section(t('code'), codes(content, t), 'code'),
  ]
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
${exportMarks.report?.mark ?? ''}
<meta name="viewport" content="width=device-width">
<title>${title} – ${t('title')}</title>
<style>${reportStyle}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p>${from} · ${t('written')} · ${escaped(written.slice(0, 10))}</p>
</header>
${sections.join('\n')}
</body>
</html>
`
}

/** What somebody called it, else its place among the runs; its id stands beside it where it is introduced. */
function runName({ runs, language }: ReportContent, index: number): string {
  const { name = '' } = runs[index] ?? {}
  return escaped(name === '' ? `${words.run[language]} ${index + 1}` : name)
}

function runTitle(content: ReportContent, index: number): string {
  return `${runName(content, index)} <small>${escaped(content.runs[index]?.run ?? '')}</small>`
}

function section(title: string, body: string, kind = ''): string {
  return body === '' ? '' : `<section${kind === '' ? '' : ` class="${kind}"`}><h2>${title}</h2>${body}</section>`
}

interface Column {
  readonly title: string
  readonly isNumber?: boolean
}

interface TableLook {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly string[])[]
  readonly kind?: string
  readonly hasHead?: boolean
}

function table({ columns, rows, kind, hasHead = true }: TableLook): string {
  const look = (index: number) => (columns[index]?.isNumber === true ? ' class="n"' : '')
  const head = columns.map(({ title }, index) => `<th scope="col"${look(index)}>${title}</th>`).join('')
  const body = rows
    .map(
      ([first = '', ...others]) =>
        `<tr><th scope="row">${first}</th>${others.map((cell, index) => `<td${look(index + 1)}>${cell}</td>`).join('')}</tr>`,
    )
    .join('')
  return `<div class="scroll"><table${kind === undefined ? '' : ` class="${kind}"`}>${hasHead ? `<thead><tr>${head}</tr></thead>` : ''}<tbody>${body}</tbody></table></div>`
}

function badge(index: number): string {
  return `<b class="badge m${index % seriesColours}">${letterOf(index)}</b>`
}

/** Its name, and that of its run where models of several stand side by side. */
function nameOf(index: number, content: ReportContent): string {
  const name = `${badge(index)}${escaped(content.comparison.models[index]?.name ?? '')}`
  return content.runs.length === 1
    ? name
    : `${name} <small>${runName(content, content.models[index]?.run ?? 0)}</small>`
}

const percent = (share: number) => (share * 100).toFixed(1)

function share(judged: JudgedPart | null): string {
  if (judged === null || judged.accuracy === null || judged.interval === null) return '–'
  const { low, high } = judged.interval
  return `${percent(judged.accuracy)} % <small>(${percent(low)}–${percent(high)})</small>`
}

/** What is told of each model, what it is compared by, and whether more is better; null where nothing is. */
interface Measure {
  readonly title: string
  readonly text: (model: ComparedModel) => string | null
  readonly by?: (model: ComparedModel) => number | null
  readonly isHigher?: boolean
}

function measures(t: Translate): readonly Measure[] {
  const figure = (title: Word, read: (model: ComparedModel) => number | null): Measure => ({
    title: t(title),
    text: (model) => read(model)?.toPrecision(4) ?? null,
    by: read,
  })
  const accuracy = (title: Word, part: 'validation' | 'test'): Measure => ({
    title: `${t(title)} <small>${t('interval')}</small>`,
    text: (model) => (model[part]?.accuracy == null ? null : share(model[part])),
    by: (model) => model[part]?.accuracy ?? null,
    isHigher: true,
  })
  return [
    { title: t('parameters'), text: ({ parameters }) => formatCount(parameters) },
    { title: t('multiplyAdds'), text: ({ multiplyAdds }) => formatCount(multiplyAdds) },
    { title: t('seconds'), text: ({ secondsPerEpoch }) => secondsPerEpoch?.toPrecision(3) ?? null },
    { title: t('bestEpoch'), text: ({ bestEpoch }) => bestEpoch?.toString() ?? null },
    { title: t('epochJudged'), text: ({ epoch }) => String(epoch) },
    figure('validationLoss', ({ validation }) => validation?.loss ?? null),
    figure('testLoss', ({ test }) => test?.loss ?? null),
    accuracy('validationAccuracy', 'validation'),
    accuracy('testAccuracy', 'test'),
    {
      title: `${t('area')} <small>${t('areaMean')}</small>`,
      text: (model) => meanArea(model)?.toFixed(4) ?? null,
      by: meanArea,
      isHigher: true,
    },
    figure('calibrationError', ({ calibration }) => calibration?.expectedError ?? null),
    figure('mse', ({ errors }) => errors?.mse ?? null),
    figure('mae', ({ errors }) => errors?.mae ?? null),
    { ...figure('rSquared', ({ errors }) => errors?.rSquared ?? null), isHigher: true },
  ]
}

function meanArea({ roc }: ComparedModel): number | null {
  return roc === null ? null : roc.reduce((sum, { area }) => sum + area, 0) / roc.length
}

/** A column a model, so that eight of them stand on a page; the best of each row is set in bold. */
function results(content: ReportContent, t: Translate): string {
  const { models } = content.comparison
  const rows = measures(t).flatMap(({ title, text, by, isHigher = false }) => {
    const texts = models.map(text)
    if (texts.every((one) => one === null)) return []
    const known = by ? models.flatMap((model) => by(model) ?? []) : []
    const best = isHigher ? Math.max(...known) : Math.min(...known)
    const isBest = (model: ComparedModel) => known.length > 1 && by?.(model) === best
    const cells = models.map((model, index) => {
      const shown = texts[index] ?? '–'
      return isBest(model) ? `<span class="best">${shown}</span>` : shown
    })
    return [[title, ...cells]]
  })
  const columns = [{ title: t('model') }, ...models.map((_, index) => ({ title: nameOf(index, content) }))]
  return table({ columns, rows, kind: 'results' }) + said(content, t)
}

const chance = (p: number) => (p < 1e-4 ? p.toExponential(1).replace('-', '−') : p.toFixed(4))

/** What else than the models differs, and every pair in words. */
function said({ comparison: { pairs, differences }, language }: ReportContent, t: Translate): string {
  const notes = differences.map(({ text }) => `<p class="warn">${escaped(text[language])}</p>`)
  const sentences = pairs.map((pair) => {
    const [one, other] = [letterOf(pair.first), letterOf(pair.second)]
    const only = (letter: string, count: number) => `${t('onlyRight').replace('{model}', letter)} ${formatCount(count)}`
    const counts = [
      only(one, pair.onlyFirst),
      only(other, pair.onlySecond),
      `${t('both')} ${formatCount(pair.both)}`,
      `${t('neither')} ${formatCount(pair.neither)}`,
      `p = ${chance(pair.pValue)}`,
      ...(pairs.length > 1 ? [`${t('corrected')} ${chance(pair.corrected)}`] : []),
    ]
    return `<li>${badge(pair.first)}${badge(pair.second)}${escaped(pair.text[language])}<small>${counts.join(' · ')}</small></li>`
  })
  const list = sentences.length === 0 ? '' : `<h3>${t('pairs')}</h3><ul class="pairs">${sentences.join('')}</ul>`
  return notes.join('') + list
}

function legend(content: ReportContent): string {
  return `<ul class="legend">${content.models.map((_, index) => `<li>${nameOf(index, content)}</li>`).join('')}</ul>`
}

type EpochEvent = Extract<TrainingEvent, { type: 'epoch' }>

function curves(content: ReportContent, t: Translate): string {
  const { runs, models, language } = content
  const linesOf = (read: (event: EpochEvent) => readonly [training: number | null, validation: number | null]) =>
    models.flatMap(({ run, exported }, index): ChartLine[] => {
      const epochs = (runs[run]?.events ?? []).flatMap((event) =>
        event.type === 'epoch' && event.model === exported.model.id ? [event] : [],
      )
      const points = (which: 0 | 1) =>
        epochs.flatMap((event): (readonly [number, number])[] => {
          const value = read(event)[which]
          return value === null ? [] : [[event.epoch, value]]
        })
      const letter = letterOf(index)
      return [
        { letter, index, isDashed: false, points: points(0) },
        { letter, index, isDashed: true, points: points(1) },
      ]
    })
  const x = words.epoch[language]
  const charts = [
    lineChart(
      { title: words.loss[language], x },
      linesOf(({ loss, valLoss }) => [loss, valLoss]),
    ),
    lineChart(
      { title: words.accuracy[language], x },
      linesOf(({ accuracy, valAccuracy }) => [accuracy, valAccuracy]),
    ),
  ]
  if (charts.every((chart) => chart === '')) return ''
  return `${legend(content)}<div class="row charts">${charts.join('')}</div><p><small>${t('curvesText')}</small></p>`
}

function shiftCurves(content: ReportContent): string {
  const { shift, language } = content
  if (shift.length === 0) return ''
  const charts = shift.map(({ kind, levels, accuracy }) =>
    lineChart(
      { title: words.accuracy[language], x: shiftWords[kind][language] },
      accuracy.map((shares, index) => ({
        letter: letterOf(index),
        index,
        isDashed: true,
        points: shares.map((value, level) => [levels[level] ?? 0, value] as const),
      })),
    ),
  )
  const tables = shift.map(({ kind, levels, accuracy }) =>
    table({
      columns: [
        { title: escaped(shiftWords[kind][language]) },
        ...accuracy.map((_, index) => ({ title: badge(index), isNumber: true })),
      ],
      rows: levels.map((level, row) => [
        String(level).replace('-', '−'),
        ...accuracy.map((shares) => `${percent(shares[row] ?? 0)} %`),
      ]),
    }),
  )
  const blocks = charts.map((chart, index) => `${chart}<div class="block">${tables[index]}</div>`)
  return legend(content) + blocks.map((block) => `<div class="row charts">${block}</div>`).join('')
}

function confusions(content: ReportContent, t: Translate): string {
  const { comparison, data } = content
  const { models, classes, part } = comparison
  if (classes === 0) return ''
  const names = Array.from({ length: classes }, (_, label) => escaped(data.classes[label] ?? String(label)))
  const blocks = models.map(({ counts, scores }, index) => {
    if (scores === null) return ''
    const scoreTable = table({
      columns: [
        { title: t('classes') },
        ...[t('precision'), t('recall'), 'F1', 'n'].map((title) => ({ title, isNumber: true })),
      ],
      rows: scores.perClass
        .slice(0, mostScores)
        .map(({ precision, recall, f1, support }, label) => [
          names[label] ?? '',
          ...[precision, recall, f1].map((value) => value.toFixed(3)),
          formatCount(support),
        ]),
    })
    const matrix = classes > mostClasses ? '' : `<div class="scroll">${matrixOf(counts, names)}</div>`
    return `<div class="block"><h3>${nameOf(index, content)}</h3>${matrix}${scoreTable}</div>`
  })
  const text = t(part === 'test' ? 'confusionTest' : 'confusionValidation')
  return `<p>${text}</p><div class="row">${blocks.join('')}</div>`
}

function matrixOf(counts: readonly number[], names: readonly string[]): string {
  const most = Math.max(1, ...counts)
  const head = names.map((one) => `<th scope="col">${one}</th>`).join('')
  const rows = names.map((one, row) => {
    const cells = names.map((_, column) => {
      const value = counts[row * names.length + column] ?? 0
      const level = Math.ceil((value / most) * 9)
      return `<td class="c${level}${row === column ? ' right' : ''}">${formatCount(value)}</td>`
    })
    return `<tr><th scope="row">${one}</th>${cells.join('')}</tr>`
  })
  return `<table class="matrix"><thead><tr><td></td>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`
}

function modelOf({ exported, notation }: ReportModel, index: number, content: ReportContent, t: Translate): string {
  const rows = exported.layers.map(({ title, definition, params, outputShape, parameters, node }) => [
    escaped(title),
    escaped(definition.label),
    node.layer === 'input' ? '' : escaped(definition.brief(params)),
    outputShape.join('×'),
    formatCount(parameters),
  ])
  const columns = [
    { title: t('layers') },
    { title: t('kind') },
    { title: t('settings') },
    { title: t('output'), isNumber: true },
    { title: t('parameters'), isNumber: true },
  ]
  const written = notation === null ? '' : `<p><code>${escaped(notation)}</code></p>`
  const graph = graphPicture(exported, { standsAlone: false })
  return `<div class="model"><h3>${nameOf(index, content)}</h3>${written}<div class="scroll">${graph}</div></div>${table({ columns, rows })}`
}

/** A column a run where recipes differ; the same for all is said once. */
function recipeTable(content: ReportContent, t: Translate): string {
  const { runs, language } = content
  const recipes = runs.map(({ project }) => project.recipe)
  const fields = (Object.keys(recipeFieldNames) as (keyof Recipe)[]).filter((field) =>
    recipes.some((recipe) => recipe[field] !== undefined),
  )
  const all = fields.map((field) => recipes.map((recipe) => escaped(settingText(recipe, field, language))))
  const isSame = all.every((texts) => new Set(texts).size === 1)
  const shown = isSame ? runs.slice(0, 1) : runs
  const rows = fields.map((field, row) => {
    const texts = all[row] ?? []
    const differs = new Set(texts).size > 1
    const cells = shown.map((_, column) => texts[column] ?? '–')
    return [capitalised(recipeFieldNames[field][language]), ...cells.map((cell) => (differs ? `<b>${cell}</b>` : cell))]
  })
  const columns = [{ title: t('setting') }, ...shown.map((_, index) => ({ title: runName(content, index) }))]
  return table({ columns, rows, hasHead: !isSame })
}

function capitalised(text: string): string {
  return escaped(text.slice(0, 1).toUpperCase() + text.slice(1))
}

/** One field of a recipe in words and numbers; what is neutral is left out. */
function settingText(recipe: Recipe, field: keyof Recipe, language: keyof Text): string {
  const said = (title: Text, settings: readonly (readonly [string, unknown])[]) =>
    [title[language], ...pairTexts(settings, language)].join(' · ')
  const { optimizer, schedule, clipping, classWeights } = recipe
  if (field === 'optimizer') {
    const settings = Object.entries(optimizerSettings(optimizer))
    return said(optimizerTitles[optimizer.type], [['learningRate', optimizer.learningRate], ...settings])
  }
  if (field === 'loss') return lossTitles[recipe.loss][language]
  if (field === 'schedule' && schedule) {
    const { type, ...settings } = schedule
    const nameOf = (name: string) => (type === 'cosine' && name === 'decaySteps' ? 'cosineSteps' : name)
    return said(
      scheduleTitles[type],
      Object.entries(settings).map(([name, value]) => [nameOf(name), value]),
    )
  }
  if (field === 'clipping' && clipping) return said(clippingTitles[clipping.type], [['limit', clipping.limit]])
  if (field === 'classWeights' && classWeights === 'balanced') return balancedTitle[language]
  if (field === 'split') {
    const { validation } = recipe.split
    if (validation === 'given') return words.given[language]
    if (validation === 'test') return words.onTest[language]
    if (validation === 0) return words.noSplit[language]
    if (typeof validation === 'number') return `${Number((validation * 100).toFixed(2))} % ${words.share[language]}`
    return `${words.fold[language]} ${validation.fold} / ${validation.of}`
  }
  const value = recipe[field]
  if (value === undefined) return '–'
  if (typeof value !== 'object' || value === null) return String(value)
  return pairTexts(Object.entries(value), language).join(' · ') || '–'
}

/** Settings by their names; those that are 0 or off say nothing. Names of classes stay as they are. */
function pairTexts(settings: readonly (readonly [string, unknown])[], language: keyof Text): readonly string[] {
  const titles: Readonly<Record<string, Text>> = settingTitles
  return settings.flatMap(([name, value]) => {
    if (value === 0 || value === false || value === undefined) return []
    const title = titles[name]?.[language] ?? name
    return value === true ? [title] : [`${title} ${monitoredText(value, language)}`]
  })
}

function monitoredText(value: unknown, language: keyof Text): string {
  if (value === 'loss') return words.loss[language]
  const definition = metricTypes.find((type) => type === value)
  return definition === undefined ? String(value) : metricDefinitions[definition].title[language]
}

function dataTable({ data, language, runs }: ReportContent, t: Translate): string {
  const isOther = runs.some(({ events }) =>
    events.some((event) => event.type === 'run-started' && event.data !== undefined && event.data.hash !== data.hash),
  )
  const rows = [
    [t('data'), escaped(data.titles[language])],
    [t('origin'), t(data.origin)],
    [t('shape'), data.shape.join('×')],
    ...(data.series === null
      ? []
      : [
          [t('lookBack'), t('rows').replace('{count}', formatCount(data.series.lookBack))],
          [t('horizon'), t('rows').replace('{count}', formatCount(data.series.horizon))],
        ]),
    [t('samples'), `${formatCount(data.counts.train)} / ${formatCount(data.counts.test)}`],
    [t('hash'), `<code>${escaped(data.hash)}</code>`],
  ]
  const note = isOther ? `<p class="warn">${t('otherData')}</p>` : ''
  return note + table({ columns: [], rows, hasHead: false })
}

function runTable(content: ReportContent, t: Translate): string {
  const read = content.runs.map((run, index) => {
    const started = run.events.flatMap((event) => (event.type === 'run-started' ? [event] : [])).at(-1)
    const epochs = run.events.map((event) => (event.type === 'epoch' ? event.epoch : 0))
    return {
      name: runTitle(content, index),
      seed: String(run.project.recipe.seed),
      trained: String(Math.max(0, ...epochs)),
      computed: escaped(started ? `${started.backend}, ${started.device}` : '–'),
      versions: escaped(
        Object.entries(run.versions)
          .map(([program, version]) => `${program} ${version}`)
          .join(', '),
      ),
    }
  })
  const rows = (['seed', 'trained', 'computed', 'versions'] as const).map((word) => [
    t(word),
    ...read.map((run) => run[word]),
  ])
  return table({ columns: [{ title: t('run') }, ...read.map(({ name }) => ({ title: name }))], rows })
}

function pictures(content: ReportContent, t: Translate): string {
  const { models } = content
  const strip = (kind: 'kernels' | 'maps', list: readonly ReportPicture[]) =>
    list.length === 0 ? '' : `<div class="strip ${kind}">${list.map(pictureOf).join('')}</div>`
  const row = (title: string, note: string, strips: string) =>
    strips === '' ? '' : `<h4>${title} <small>${note}</small></h4><div>${strips}</div>`
  // Every model is shown the same sample.
  const sample = models.flatMap((model) => model.pictures.filter(({ isInput }) => isInput))[0]
  const blocks = models.map(({ pictures: layers }, index) => {
    const rows = layers
      .filter(({ isInput }) => !isInput)
      .map(({ layer, kernels, maps, count }) => {
        const shown = Math.max(kernels.length, maps.length)
        const what = [kernels.length > 0 ? t('kernels') : '', maps.length > 0 ? t('maps') : '']
        const amount = shown < count ? `${shown} ${t('of')} ${formatCount(count)}` : formatCount(count)
        const note = `${what.filter((one) => one !== '').join(' · ')}: ${amount}`
        return row(escaped(layer), note, strip('kernels', kernels) + strip('maps', maps))
      })
      .join('')
    return rows === '' ? '' : `<h3>${nameOf(index, content)}</h3><div class="layers">${rows}</div>`
  })
  if (blocks.every((block) => block === '')) return ''
  const first = sample ? `<div class="layers">${row(t('sample'), '', strip('maps', sample.maps))}</div>` : ''
  return `<p>${t('picturesText')}</p>${first}${blocks.join('')}`
}

function pictureOf(picture: ReportPicture): string {
  if (typeof picture === 'string') return `<img alt="" src="${picture}">`
  const [width, height] = [150, 40]
  const [least, greatest] = [Math.min(...picture), Math.max(...picture)]
  const at = (value: number, index: number) => {
    const x = (index / Math.max(1, picture.length - 1)) * width
    const y = height - 2 - ((value - least) / (greatest - least || 1)) * (height - 4)
    return `${x.toFixed(1)},${y.toFixed(1)}`
  }
  return `<svg viewBox="0 0 ${width} ${height}" aria-hidden="true"><polyline class="line" points="${picture.map(at).join(' ')}"/></svg>`
}

function codes(content: ReportContent, t: Translate): string {
  const { models, runs, data } = content
  const names = pythonNames(models.map(({ exported }, index) => codeName(exported.model.id, index, models)))
  const blocks = models.map(({ exported, epoch, run }, index) => {
    const project = runs[run]?.project
    if (project === undefined) return ''
    const name = names.get(codeName(exported.model.id, index, models)) ?? 'model'
    const { text } = writeKerasScript({
      project,
      exported,
      name,
      task: data.task,
      classes: data.classes,
      trainedEpoch: epoch,
    })
    return `<details open><summary>${nameOf(index, content)} · ${escaped(name)}.py</summary><pre>${escaped(text)}</pre></details>`
  })
  return `<p>${t('codeText')} <code>convas export --to keras</code>.</p>${blocks.join('')}`
}

/** The model's own id, with its letter where runs have models of the same. */
function codeName(id: string, index: number, models: readonly ReportModel[]): string {
  const isOnly = models.filter(({ exported }) => exported.model.id === id).length === 1
  return isOnly ? id : `${id}_${letterOf(index).toLowerCase()}`
}
