import type { BackendChoice } from '../../common/engine-protocol.ts'
import type { Backend } from '../backends/backend.ts'
import { openBackend } from '../backends/select.ts'

/** The backend, or null after saying why a test cannot use it here. */
export async function openForTest(choice: BackendChoice): Promise<Backend | null> {
  const opened = await openBackend(choice)
  if (opened.ok) return opened.value
  console.warn(`Skipped on ${choice}: ${opened.error.message}`)
  return null
}
