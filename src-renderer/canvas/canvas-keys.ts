import { isTyping } from '../state/commands.svelte.ts'
import type { CanvasActions } from './canvas-actions.ts'
import type { CanvasPointer } from './canvas-pointer.ts'
import type { CanvasState } from './canvas-state.svelte.ts'
import type { Direction } from './walk.ts'
import { walk } from './walk.ts'

const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
}
const NUDGE = 4
const FAR_NUDGE = 20

/** The keys of the canvas itself: walking along wires, choosing, connecting, nudging, stepping back. */
export class CanvasKeys {
  readonly #canvas: CanvasState
  readonly #actions: CanvasActions
  readonly #pointer: CanvasPointer
  readonly #focusNode: () => void

  constructor(canvas: CanvasState, actions: CanvasActions, pointer: CanvasPointer, focusNode: () => void) {
    this.#canvas = canvas
    this.#actions = actions
    this.#pointer = pointer
    this.#focusNode = focusNode
  }

  handle(event: KeyboardEvent) {
    if (event.defaultPrevented || isTyping(event.target) || event.isComposing) return
    const onButton = event.target instanceof Element && event.target.closest('button') !== null
    if (onButton && event.key !== 'Escape') return
    const taken = this.#take(event)
    if (taken) {
      event.preventDefault()
      event.stopPropagation()
    }
  }

  #take(event: KeyboardEvent): boolean {
    const canvas = this.#canvas
    const direction = directions[event.key]
    if (direction && event.altKey) return this.#nudge(direction, event.shiftKey)
    if (event.ctrlKey || event.metaKey || event.altKey) return false
    if (direction) return this.#move(direction, event.shiftKey)
    switch (event.key) {
      case ' ':
      case 'Enter':
        return this.#choose(event.shiftKey, event.key === 'Enter')
      case 'c':
        return this.#startConnecting()
      case 'Escape':
        return this.#stepBack()
      case 'Home':
      case 'End': {
        const { selection, project } = canvas.workspace
        const model = project.model(canvas.tabStop?.model ?? selection.model)
        const order = model ? (project.analyses.get(model.id)?.order ?? []) : []
        const node = event.key === 'Home' ? order[0] : order.at(-1)
        return model !== null && node !== undefined && this.#focus(model.id, node)
      }
      default:
        return false
    }
  }

  #move(direction: Direction, extends_: boolean): boolean {
    const canvas = this.#canvas
    const { project, selection } = canvas.workspace
    if (canvas.connecting) {
      const { model, from, target } = canvas.connecting
      const lane = project.model(model)
      const next = lane ? walk([lane], { model, node: target ?? from }, direction) : null
      if (next && next.node !== from) {
        canvas.connecting = { model, from, target: next.node }
        canvas.reveal(next)
        canvas.announce(this.#actions.nameOf(model, next.node))
      }
      return true
    }
    const from = canvas.tabStop
    const next = from ? walk(project.models, from, direction) : null
    if (!next) return from !== null
    if (extends_ && next.model === selection.model) selection.select(next.model, [...selection.nodes, next.node])
    return this.#focus(next.model, next.node)
  }

  #focus(model: string, node: string): boolean {
    const canvas = this.#canvas
    const { selection } = canvas.workspace
    canvas.focus = { model, node }
    if (selection.nodes.size <= 1) selection.select(model, [node])
    canvas.reveal({ model, node })
    this.#focusNode()
    return true
  }

  #choose(adds: boolean, opens: boolean): boolean {
    const canvas = this.#canvas
    const { selection } = canvas.workspace
    if (canvas.connecting) {
      const { model, from, target } = canvas.connecting
      canvas.connecting = null
      if (target !== null) this.#actions.connect(model, from, target)
      return true
    }
    const stop = canvas.tabStop
    if (!stop) return false
    const chosen = selection.model === stop.model && selection.nodes.has(stop.node)
    if (adds) selection.toggle(stop.model, stop.node)
    else if (!chosen || selection.nodes.size > 1) selection.select(stop.model, [stop.node])
    else if (opens) this.openInspector()
    return true
  }

  /** Moves the focus into the inspector's form. */
  openInspector() {
    document.querySelector<HTMLElement>('[data-param]:not(:disabled)')?.focus()
  }

  #startConnecting(): boolean {
    const canvas = this.#canvas
    const stop = canvas.tabStop
    if (!stop) return false
    canvas.connecting = { model: stop.model, from: stop.node, target: null }
    const name = this.#actions.nameOf(stop.model, stop.node)
    canvas.announce(canvas.workspace.t('canvas.connect.help', { name }))
    return true
  }

  #nudge(direction: Direction, far: boolean): boolean {
    const canvas = this.#canvas
    const { selection } = canvas.workspace
    const stop = canvas.tabStop
    if (selection.nodes.size === 0 && stop) selection.select(stop.model, [stop.node])
    const step = far ? FAR_NUDGE : NUDGE
    const x = direction === 'left' ? -step : direction === 'right' ? step : 0
    const y = direction === 'up' ? -step : direction === 'down' ? step : 0
    this.#actions.nudge(x, y)
    return true
  }

  /** Escape leaves exactly one thing: a gesture, a mode, a popup, the selection. */
  #stepBack(): boolean {
    const canvas = this.#canvas
    const { selection } = canvas.workspace
    if (this.#pointer.cancel()) return true
    if (canvas.connecting) {
      canvas.connecting = null
      return true
    }
    if (canvas.search || canvas.menu || canvas.problems) {
      canvas.closePopups()
      this.#focusNode()
      return true
    }
    if (!this.#actions.hasSelection) return false
    selection.clear()
    return true
  }
}
