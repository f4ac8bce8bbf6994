import type { Moment } from '../../src-main/common/training/moment.ts'
import type { Workspace } from '../state/workspace.svelte.ts'

/** "Before training", "Step 8", "Epoch 3". */
export function momentText(workspace: Pick<Workspace, 't'>, moment: Moment): string {
  if ('step' in moment) return workspace.t('moment.step', { step: moment.step })
  return moment.epoch === 0 ? workspace.t('epoch.untrained') : workspace.t('epoch.shown', { epoch: moment.epoch })
}
