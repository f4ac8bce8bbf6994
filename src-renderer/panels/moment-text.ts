import type { Moment } from '../../src-main/common/training/moment.ts'
import type { Workspace } from '../state/workspace.svelte.ts'
import { isWithinEpoch } from './run-facts.ts'

/** "Before training", "Step 8", "Epoch 3", and "Within epoch 4" where a run was stopped. */
export function momentText(workspace: Pick<Workspace, 't' | 'training'>, moment: Moment): string {
  if ('step' in moment) return workspace.t('moment.step', { step: moment.step })
  const { epoch } = moment
  if (epoch === 0) return workspace.t('epoch.untrained')
  return workspace.t(isWithinEpoch(workspace.training.view, epoch) ? 'epoch.within' : 'epoch.shown', { epoch })
}
