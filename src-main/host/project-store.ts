import { createHash } from 'node:crypto'
import { access, copyFile, constants, readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import type { ProjectDocument, ProjectListing, SavedProject, SaveTerms } from '../common/contract.ts'
import type { Text } from '../common/layers/text.ts'
import type { Project } from '../common/project/project.ts'
import { readProject } from '../common/project/read-project.ts'
import { writeProject } from '../common/project/write-project.ts'
import type { Result } from '../common/result.ts'
import { failureIn, success } from '../common/result.ts'
import { inTurn, writeWholeFile } from './atomic-file.ts'
import { describeFileFault } from './faults.ts'
import type { StateStore } from './state-store.ts'

const MAX_PROJECT_BYTES = 64 * 1024 * 1024

export interface ProjectStore {
  readonly open: (file: string) => Promise<Result<ProjectDocument>>
  /** Writes over what the window knows of; where the file has become another since, as the terms say. */
  readonly save: (file: string, project: Project, terms: SaveTerms) => Promise<Result<SavedProject>>
  /** The file as it is now, where that is not the revision; null where it is, or is gone. */
  readonly changed: (file: string, revision: string) => Promise<Result<ProjectDocument | null>>
  readonly saveAs: (file: string, project: Project) => Promise<Result<ProjectDocument>>
  /** Writes a new file in the projects folder, named after the project, never over another. */
  readonly create: (project: Project) => Promise<Result<ProjectDocument>>
  /** The project last open; at the first start, or where it is gone, a new one made by `makeSample`. */
  readonly last: (makeSample: () => Result<Project>) => Promise<Result<ProjectDocument>>
  readonly list: () => Promise<Result<readonly ProjectListing[]>>
}

/** Project files, wherever they lie, and the list of those opened lately. */
export function createProjectStore(projectsFolder: string, state: StateStore): ProjectStore {
  async function open(file: string): Promise<Result<ProjectDocument>> {
    const document = await readProjectFile(file)
    if (document.ok) await state.addRecent(document.value.path)
    return document
  }

  /** What each window wrote last: an answer that was lost on its way must not make it another's. */
  const lastWritten = new Map<string, { readonly writer: string; readonly revision: string }>()

  async function save(file: string, project: Project, terms: SaveTerms): Promise<Result<SavedProject>> {
    const target = checkProjectPath(file)
    if (!target.ok) return target
    // Between the look at the file and its writing no other window may write.
    return inTurn(`save ${target.value}`, async () => {
      const content = writeProject(project)
      const revision = revisionOf(content)
      const found = await revisionAt(target.value)
      const last = lastWritten.get(target.value)
      const isKnown =
        found === null ||
        found === terms.revision ||
        found === revision ||
        (last?.writer === terms.writer && last.revision === found)
      let beside: string | null = null
      if (!isKnown && terms.otherwise === 'refuse') return changedElsewhere(target.value)
      if (!isKnown && terms.otherwise === 'beside') {
        beside = await freePlaceBeside(target.value)
        const written = await writeWholeFile(beside, content)
        return written.ok ? success({ revision: terms.revision, beside }) : written
      }
      if (!isKnown) {
        beside = await freePlaceBeside(target.value)
        try {
          await copyFile(target.value, beside, constants.COPYFILE_EXCL)
        } catch (error) {
          return { ok: false, error: describeFileFault(error, beside) }
        }
      }
      const written = await writeWholeFile(target.value, content)
      if (!written.ok) return written
      lastWritten.set(target.value, { writer: terms.writer, revision })
      return success({ revision, beside })
    })
  }

  async function saveAs(file: string, project: Project): Promise<Result<ProjectDocument>> {
    const target = checkProjectPath(file)
    if (!target.ok) return target
    const saved = await inTurn(`save ${target.value}`, () => writeWholeFile(target.value, writeProject(project)))
    return saved.ok ? open(file) : saved
  }

  async function create(project: Project): Promise<Result<ProjectDocument>> {
    const name = fileNameFor(project.name)
    for (let count = 1; ; count++) {
      const file = path.join(projectsFolder, `${name}${count === 1 ? '' : ` ${count}`}.convas`)
      if (!(await exists(file))) return saveAs(file, project)
    }
  }

  return {
    open,
    save,
    changed: async (file, revision) => {
      const found = await revisionAt(path.resolve(file))
      return found === null || found === revision ? success(null) : readProjectFile(file)
    },
    saveAs,
    create,
    last: async (makeSample) => {
      const faults: Text[] = []
      for (const file of await state.recent()) {
        const document = await open(file)
        if (document.ok) return success(withFaults(document.value, faults))
        if (document.error.code !== 'not-found')
          faults.push(document.error.text ?? { en: document.error.message, ko: document.error.message })
      }
      const sample = makeSample()
      if (!sample.ok) return sample
      const document = await create(sample.value)
      return document.ok ? success(withFaults(document.value, faults)) : document
    },
    list: async () => {
      const recent = await state.recent()
      const names = await readdir(projectsFolder).catch(() => [])
      const files = new Set([
        ...recent,
        ...names.filter((name) => name.endsWith('.convas')).map((name) => path.join(projectsFolder, name)),
      ])
      const listings = await Promise.all([...files].map((file) => describe(file, recent.includes(file))))
      return success(listings.filter((listing) => listing !== null).sort((a, b) => (a.modified < b.modified ? 1 : -1)))
    },
  }
}

/** Reads and parses one project file. */
export async function readProjectFile(file: string): Promise<Result<ProjectDocument>> {
  const absolute = path.resolve(file)
  let text: string
  try {
    const { size } = await stat(absolute)
    if (size > MAX_PROJECT_BYTES) {
      return failureIn('invalid-project', {
        en: `${absolute} is ${size} bytes large; a project of at most ${MAX_PROJECT_BYTES} was expected.`,
        ko: `프로젝트 파일은 ${MAX_PROJECT_BYTES}바이트까지여야 합니다. 받은 파일: ${absolute} (${size}바이트)`,
      })
    }
    text = await readFile(absolute, 'utf8')
  } catch (error) {
    return { ok: false, error: describeFileFault(error, absolute) }
  }
  const read = readProject(text)
  if (!read.ok) {
    const { code, message, text, details } = read.error
    const name = path.basename(absolute)
    return failureIn(code, { en: `${name}: ${message}`, ko: `${name}: ${text?.ko ?? message}` }, details)
  }
  const { project, notices } = read.value
  return success({ path: absolute, revision: revisionOf(text), project, notices })
}

function revisionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Null where there is no file; no revision at all where it cannot be read, for it may hold anything. */
async function revisionAt(file: string): Promise<string | null> {
  return readFile(file, 'utf8').then(revisionOf, (error: unknown) =>
    describeFileFault(error, file).code === 'not-found' ? null : '',
  )
}

function changedElsewhere(file: string): Result<never> {
  const name = path.basename(file)
  return failureIn('changed-elsewhere', {
    en: `${name} was changed elsewhere: in another window, an editor or by a sync. It was left as it is.`,
    ko: `${name} 파일이 다른 곳(다른 창, 편집기 또는 동기화)에서 바뀌어 그대로 두었습니다.`,
  })
}

/** A name for another version of a project, beside it: with the time, and never one that is taken. */
async function freePlaceBeside(file: string): Promise<string> {
  const { dir, name, ext } = path.parse(file)
  const time = new Date().toISOString().slice(0, 19).replace('T', ' ').replaceAll(':', '-')
  for (let count = 1; ; count++) {
    const place = path.join(dir, `${name} (${time}${count === 1 ? '' : ` ${count}`})${ext}`)
    if (!(await exists(place))) return place
  }
}

function checkProjectPath(file: string): Result<string> {
  if (!path.isAbsolute(file) || !/\.convas$/i.test(file)) {
    return failureIn('invalid-request', {
      en: `A full path that ends in .convas was expected. Received: ${file}`,
      ko: `.convas로 끝나는 전체 경로여야 합니다. 받은 값: ${file}`,
    })
  }
  return success(path.normalize(file))
}

/** A project's name without what some file system forbids in file names. */
function fileNameFor(name: string): string {
  const safe = Array.from(name.normalize('NFC').replace(/[\p{Cc}<>:"/\\|?*]/gu, ' '))
    .slice(0, 80)
    .join('')
  return safe.replace(/\s+/g, ' ').replace(/^[. ]+|[. ]+$/g, '') || 'Untitled'
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}

async function describe(file: string, recent: boolean): Promise<ProjectListing | null> {
  try {
    const { mtime } = await stat(file)
    return { path: file, name: path.basename(file).replace(/\.convas$/i, ''), modified: mtime.toISOString(), recent }
  } catch {
    return null
  }
}

function withFaults(document: ProjectDocument, faults: readonly Text[]): ProjectDocument {
  const notices = faults.map(({ en, ko }) => ({
    en: `The project last open could not be opened. ${en}`,
    ko: `마지막으로 열었던 프로젝트를 열 수 없습니다. ${ko}`,
  }))
  return { ...document, notices: [...document.notices, ...notices] }
}
