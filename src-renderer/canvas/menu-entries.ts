import { templates } from '../../src-main/common/templates/registry.ts'
import { readableKey } from '../state/commands.svelte.ts'
import type { Workspace } from '../state/workspace.svelte.ts'
import type { CanvasActions } from './canvas-actions.ts'
import type { CanvasState, MenuRequest } from './canvas-state.svelte.ts'
import { nodeScreenCentre, placeAt } from './canvas-pointer.ts'

export type MenuEntry =
  'line' | { readonly title: string; readonly keys?: string; readonly disabled?: boolean; readonly run: () => void }

/** The verbs that fit what was clicked: the same ones that keys and commands have. */
export function menuEntries(
  workspace: Workspace,
  canvas: CanvasState,
  actions: CanvasActions,
  { target, screen }: MenuRequest,
): readonly MenuEntry[] {
  const { t, selection, project } = workspace
  const verb = (title: Parameters<Workspace['t']>[0], run: () => void, keys?: string, disabled = false): MenuEntry => ({
    title: t(title),
    run,
    disabled,
    ...(keys ? { keys: readableKey(keys) } : {}),
  })
  const clipboard: readonly MenuEntry[] = [
    verb('edit.cut', () => workspace.commands.run('edit.cut'), 'Mod+x'),
    verb('edit.copy', () => workspace.commands.run('edit.copy'), 'Mod+c'),
    verb('edit.paste', () => workspace.commands.run('edit.paste'), 'Mod+v'),
  ]
  if (target.type === 'templates') {
    return templates.flatMap(({ title, project: { models } }) =>
      models.map(({ name, nodes, edges }): MenuEntry => ({
        title: models.length > 1 ? `${workspace.text(title)} – ${name}` : workspace.text(title),
        run: () => void actions.addModel({ name, nodes, edges }),
      })),
    )
  }
  if (target.type === 'wire') {
    return [verb('canvas.menu.deleteWire', () => actions.removeEdge(target.model, target.edge), 'Delete')]
  }
  if (target.type === 'node') {
    const model = project.model(target.model)
    const node = [...selection.nodes].at(-1)
    const incoming = model && selection.nodes.size === 1 ? model.edges.filter(([, to]) => to === node) : []
    const several = selection.nodes.size > 1
    return [
      verb(
        'canvas.menu.addAfter',
        () => {
          if (!model || node === undefined) return
          const at = nodeScreenCentre(canvas, model.id, node)
          canvas.search = { model: model.id, after: node, before: null, at: null, screen: at }
        },
        '/',
        several,
      ),
      verb(
        'canvas.menu.connect',
        () => {
          if (model && node !== undefined) canvas.connecting = { model: model.id, from: node, target: null }
        },
        'c',
        several,
      ),
      ...incoming.map((edge): MenuEntry => ({
        title: t('canvas.menu.disconnectFrom', { name: actions.nameOf(target.model ?? '', edge[0]) }),
        run: () => actions.removeEdge(target.model ?? '', edge),
      })),
      'line',
      ...clipboard,
      verb('edit.duplicate', () => actions.duplicate(), 'Mod+d'),
      verb('edit.delete', () => actions.remove(), 'Delete'),
      ...(several
        ? ([
            'line',
            verb('canvas.align.row', () => actions.align('row')),
            verb('canvas.align.column', () => actions.align('column')),
            verb('canvas.align.top', () => actions.align('top')),
            verb('canvas.align.left', () => actions.align('left')),
          ] as const)
        : []),
    ]
  }
  const place = placeAt(canvas, screen)
  const lane: readonly MenuEntry[] =
    target.model === null
      ? []
      : [
          'line',
          verb('model.layout', () => actions.tidy(target.model), 'l'),
          verb('canvas.model.duplicate', () => actions.duplicateModel(target.model ?? '')),
          verb('canvas.model.delete', () => actions.removeModel(target.model ?? '')),
        ]
  return [
    verb('canvas.search', () => {
      canvas.search = {
        model: place?.model ?? target.model,
        after: null,
        before: null,
        at: target.type === 'canvas' ? (place?.at ?? null) : null,
        screen,
      }
    }),
    verb('edit.paste', () => workspace.commands.run('edit.paste'), 'Mod+v'),
    verb('edit.selectAll', () => actions.selectAll(), 'Mod+a'),
    'line',
    verb('view.zoomFit', () => canvas.fit(), 'f'),
    verb('model.add', () => void actions.addModel()),
    ...lane,
  ]
}
