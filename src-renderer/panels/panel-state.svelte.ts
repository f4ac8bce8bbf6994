import type { ExplanationMethod } from '../../src-main/common/training/explanation.ts'
import { explanationMethods } from '../../src-main/common/training/explanation.ts'
import type { MetricType } from '../../src-main/common/training/metrics.ts'
import { metricTypes } from '../../src-main/common/training/metrics.ts'
import type { Workspace } from '../state/workspace.svelte.ts'
import { useWorkspace } from '../state/workspace.svelte.ts'
import type { CurveAxis } from './curve-data.ts'
import { Remembered } from './remembered.svelte.ts'

export const dockTabs = ['curves', 'maps', 'confusion', 'forecast', 'log'] as const
export type DockTab = (typeof dockTabs)[number]

/** One end of the colour scale for each map, for all of a layer, or for the whole net. */
export const scales = ['map', 'layer', 'net'] as const
export type Scale = (typeof scales)[number]

/** What the Inside room shows of a model. */
export const insideViews = ['layers', 'why', 'samples', 'stages'] as const
export type InsideView = (typeof insideViews)[number]

/** How the panels are laid out and how curves and maps are read; shared by dock and rooms. */
export class PanelState {
  readonly inspectorWidth = new Remembered<number>('inspector.width', 288, (value) => value >= 240 && value <= 420)
  readonly inspectorOpen = new Remembered<boolean>('inspector.open', true)
  readonly dockHeight = new Remembered<number>('dock.height', 264, (value) => value >= 160 && value <= 480)
  readonly dockOpen = new Remembered<boolean>('dock.open', true)
  readonly dockTab = new Remembered<DockTab>('dock.tab', 'curves', (value) => dockTabs.includes(value))
  readonly smoothing = new Remembered<number>('curves.smoothing', 0.6, (value) => value >= 0 && value < 1)
  readonly axis = new Remembered<CurveAxis>('curves.axis', 'epoch', (value) => value === 'epoch' || value === 'step')
  /** What is drawn beside the loss, where the data can be measured by it. */
  readonly metric = new Remembered<MetricType>('curves.metric', 'accuracy', (value) => metricTypes.includes(value))
  readonly logLoss = new Remembered<boolean>('curves.logLoss', false)
  readonly scale = new Remembered<Scale>('maps.scale', 'layer', (value) => scales.includes(value))
  readonly zoom = new Remembered<number>('maps.zoom', 1, (value) => value >= 0.5 && value <= 4)
  /** What of the picture a cell depends on is outlined beside its sum. */
  readonly field = new Remembered<boolean>('formula.field', false)
  readonly insideView = new Remembered<InsideView>('inside.view', 'layers', (value) => insideViews.includes(value))
  readonly whyMethod = new Remembered<ExplanationMethod>('why.method', 'saliency', (value) =>
    explanationMethods.includes(value),
  )
  /** How strongly an explanation covers the picture that it is of. */
  readonly whyOpacity = new Remembered<number>('why.opacity', 0.6, (value) => value >= 0 && value <= 1)
  /** Parts of the room inside that are opened when they are wanted. */
  readonly stripOpen = new Remembered<boolean>('inside.strip', false)
  readonly readingsOpen = new Remembered<boolean>('inside.readings', false)
  readonly confusionShare = new Remembered<boolean>('confusion.share', false)

  #hidden = $state.raw<ReadonlySet<string>>(new Set())

  isHidden(model: string): boolean {
    return this.#hidden.has(model)
  }

  toggleModel(model: string) {
    const hidden = new Set(this.#hidden)
    if (!hidden.delete(model)) hidden.add(model)
    this.#hidden = hidden
  }
}

const states = new WeakMap<Workspace, PanelState>()

export function usePanelState(): PanelState {
  const workspace = useWorkspace()
  const known = states.get(workspace)
  if (known) return known
  const created = new PanelState()
  states.set(workspace, created)
  return created
}
