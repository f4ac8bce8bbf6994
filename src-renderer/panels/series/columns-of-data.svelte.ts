import type { ColumnSummary } from '../../../src-main/common/data/columns.ts'
import type { Workspace } from '../../state/workspace.svelte.ts'

/** What the columns of the data in use hold, once it is known. Call while a component is set up. */
export class ColumnsOfData {
  #all = $state.raw<readonly ColumnSummary[]>([])

  constructor({ bridge, dataset }: Workspace) {
    $effect(() => {
      const { source } = dataset
      if (!source) return
      let current = true
      void bridge.request('dataset.columns', { source }).then((result) => {
        if (current && result.ok) this.#all = result.value
      })
      return () => {
        current = false
      }
    })
  }

  get all() {
    return this.#all
  }
}
