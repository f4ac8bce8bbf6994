import type { RunSummary } from '../../../src-main/common/contract.ts'
import type { Workspace } from '../../state/workspace.svelte.ts'
import { nameOfRun } from './run-name.ts'

/** The runs as rows with their head, a row a model; numbers with all figures, the start as ISO 8601. */
export function runRows(
  workspace: Pick<Workspace, 't' | 'settings' | 'runs' | 'sweepFields'>,
  runs: readonly RunSummary[],
) {
  const { t } = workspace
  return [
    [
      t('save.run'),
      t('runs.name'),
      t('runs.started'),
      t('runs.state'),
      t('runs.model'),
      t('summary.parameters'),
      t('metric.valAccuracy'),
      t('metric.valLoss'),
      t('save.testAccuracy'),
      t('save.testLoss'),
      t('recipe.epochs'),
      t('recipe.seed'),
      t('save.bytes'),
    ],
    ...runs.flatMap((run) =>
      (run.models.length > 0 ? run.models : [null]).map((model) => {
        const result = run.results.find((one) => one.model === model?.id)
        return [
          run.run,
          nameOfRun(run, workspace).whole,
          run.started,
          t(`runs.state.${run.state}`),
          model?.name ?? null,
          model?.parameters ?? null,
          result?.valAccuracy ?? null,
          result?.valLoss ?? null,
          result?.test?.accuracy ?? null,
          result?.test?.loss ?? null,
          run.epochs,
          run.seed,
          run.bytes,
        ]
      }),
    ),
  ]
}
