import { isTyping } from '../state/commands.svelte.ts'
import type { Workspace } from '../state/workspace.svelte.ts'
import type { CanvasActions } from './canvas-actions.ts'
import type { CanvasState } from './canvas-state.svelte.ts'

interface Parts {
  readonly workspace: Workspace
  readonly canvas: CanvasState
  readonly actions: CanvasActions
  readonly openSearch: () => void
}

/**
 * The canvas's commands, while it is shown. The keys of copy, cut and paste are written with capitals so that they are
 * shown but left to the browser: its own clipboard events need no permission.
 */
export function addCanvasCommands({ workspace, canvas, actions, openSearch }: Parts): () => void {
  const { selection } = workspace
  const typing = () => isTyping(document.activeElement)
  const layersChosen = () => typing() || selection.nodes.size > 0
  /** In a text field the native menu's verbs are those of the text. */
  const inText = (verb: string, otherwise: () => void) => () => {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else cuts and pastes the text of a field
    if (typing()) document.execCommand(verb)
    else otherwise()
  }
  return workspace.commands.add([
    {
      id: 'edit.cut',
      title: 'edit.cut',
      keys: ['Mod+X'],
      enabled: layersChosen,
      run: inText('cut', () => void putOnClipboard(actions, actions.cut())),
    },
    {
      id: 'edit.copy',
      title: 'edit.copy',
      keys: ['Mod+C'],
      enabled: layersChosen,
      run: inText('copy', () => void putOnClipboard(actions, actions.copy())),
    },
    {
      id: 'edit.paste',
      title: 'edit.paste',
      keys: ['Mod+V'],
      run: inText('paste', () => void readClipboard().then((text) => actions.paste(text))),
    },
    {
      id: 'edit.duplicate',
      title: 'edit.duplicate',
      keys: ['Mod+d'],
      enabled: () => selection.nodes.size > 0,
      run: () => actions.duplicate(),
    },
    {
      id: 'edit.delete',
      title: 'edit.delete',
      keys: ['Delete', 'Backspace'],
      enabled: () => typing() || actions.hasSelection,
      run: inText('delete', () => actions.remove()),
    },
    {
      id: 'edit.selectAll',
      title: 'edit.selectAll',
      keys: ['Mod+a'],
      run: inText('selectAll', () => actions.selectAll()),
    },
    {
      id: 'view.zoomIn',
      title: 'view.zoomIn',
      keys: ['+', 'Shift++', '=', 'Mod+=', 'Mod++'],
      run: () => canvas.zoomTo(canvas.view.zoom * 1.25),
    },
    {
      id: 'view.zoomOut',
      title: 'view.zoomOut',
      keys: ['-', 'Mod+-'],
      run: () => canvas.zoomTo(canvas.view.zoom / 1.25),
    },
    { id: 'view.zoomReset', title: 'view.zoomReset', keys: ['0', 'Mod+0'], run: () => canvas.zoomTo(1) },
    { id: 'view.zoomFit', title: 'view.zoomFit', keys: ['f'], run: () => canvas.fit() },
    { id: 'view.minimap', title: 'view.minimap', run: () => (canvas.showsMinimap = !canvas.showsMinimap) },
    {
      id: 'model.layout',
      title: 'model.layout',
      keys: ['l'],
      enabled: () => actions.model !== null,
      run: () => actions.tidy(),
    },
    { id: 'model.add', title: 'model.add', run: () => void actions.addModel() },
    { id: 'canvas.search', title: 'canvas.search', keys: ['/'], run: openSearch },
  ])
}

async function putOnClipboard(actions: CanvasActions, text: string | null) {
  if (text === null) return
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    actions.keepInWindow()
  }
}

/** The system's clipboard where it may be read without asking; null otherwise. */
async function readClipboard(): Promise<string | null> {
  try {
    const { state } = await navigator.permissions.query({ name: 'clipboard-read' as PermissionName })
    return state === 'granted' ? await navigator.clipboard.readText() : null
  } catch {
    return null
  }
}
