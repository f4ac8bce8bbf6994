import type { BackendStatus, DoctorReport } from '../common/contract.ts'
import type { Result } from '../common/result.ts'
import { success } from '../common/result.ts'
import { findElectron, hasDisplay } from './electron-binary.ts'
import { findWriteFault } from './folder.ts'
import type { Folders } from './paths.ts'

export interface DoctorOptions {
  readonly askBackend: () => Promise<Result<BackendStatus>>
  readonly folders: Folders
  readonly projectFolder: string
}

/** What of Convas works on this machine, and the one command that mends what does not. */
export async function examine({ askBackend, folders, projectFolder }: DoctorOptions): Promise<Result<DoctorReport>> {
  const backend = await askBackend()
  if (!backend.ok) return backend
  const electron = findElectron(projectFolder)
  const native = backend.value.backend === 'tensorflow'
  const checks: DoctorReport['checks'][number][] = [
    {
      name: 'Native TensorFlow',
      ok: native,
      found: native
        ? `${backend.value.version}, ${backend.value.device}`
        : `not found; ${backend.value.backend} is used`,
      advice: native ? null : (backend.value.advice?.en ?? 'npm run setup'),
    },
    {
      name: 'Electron',
      ok: electron !== null,
      found: electron ?? 'not fetched; the web host serves instead',
      advice: electron ? null : 'npm start -- --retry',
    },
    {
      name: 'Display',
      ok: hasDisplay(),
      found: hasDisplay() ? 'yes' : 'none; the web host serves instead',
      advice: hasDisplay() ? null : 'npx convas serve',
    },
    await examineFolder('Projects folder', folders.projects),
    await examineFolder('Cache folder', folders.cache),
  ]
  return success({ backend: backend.value, checks })
}

async function examineFolder(name: string, folder: string): Promise<DoctorReport['checks'][number]> {
  const fault = await findWriteFault(folder)
  if (fault === null) return { name, ok: true, found: folder, advice: null }
  const variable = name === 'Cache folder' ? 'CONVAS_CACHE' : 'CONVAS_HOME'
  return { name, ok: false, found: fault.message, advice: `Set ${variable} to a folder of your own.` }
}
