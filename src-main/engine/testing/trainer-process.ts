import type { BackendChoice } from '../../common/engine-protocol.ts'
import type { Project } from '../../common/project/project.ts'
import { openBackend } from '../backends/select.ts'
import { readCheckpoint } from '../train/checkpoint.ts'
import { startTraining } from '../train/loop.ts'
import { planResumption } from '../train/resume.ts'
import { readRunRecord } from '../train/run-folder.ts'
import { tinyDataset } from './models.ts'

/** What a test asks of the process; its last argument, as JSON. */
export interface TrainerPlan {
  readonly backend: BackendChoice
  readonly folder: string
  readonly project: Project
}

/** Trains in a process of its own, so that it can be killed: from the newest checkpoint where there is one. A line an event. */
async function main({ backend: choice, folder, project }: TrainerPlan): Promise<void> {
  const opened = await openBackend(choice)
  if (!opened.ok) throw new Error(opened.error.message)
  const backend = opened.value
  const dataset = tinyDataset()
  const options = {
    backend,
    dataset,
    run: 'r',
    folder,
    project,
    models: project.models.map(({ id }) => id),
    tell: ({ type }: { readonly type: string }) => process.stdout.write(`${type}\n`),
    show: () => undefined,
    checkpoints: { intervalMs: 0, largestShare: Infinity },
  }
  const [record, found] = [await readRunRecord(folder), await readCheckpoint(folder)]
  // Killed when all was done.
  if (record.ok && record.value.state === 'finished') return
  const plan =
    record.ok && found.ok
      ? planResumption({ record: record.value, found: found.value, dataset, backend, moreEpochs: null })
      : null
  if (plan?.ok === false) throw new Error(plan.error.message)
  const started = await startTraining({ ...options, ...plan?.value })
  if (!started.ok) throw new Error(started.error.message)
  await started.value.ended
}

main(JSON.parse(process.argv.at(-1) ?? '') as TrainerPlan).catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})
