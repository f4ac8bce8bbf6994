/** Files that somebody dropped or chose: by their paths, or, where a browser keeps those to itself, by their content. */
export type DroppedFiles =
  | { readonly kind: 'paths'; readonly paths: readonly string[] }
  | { readonly kind: 'contents'; readonly contents: readonly FileContent[] }

/** `name` is the path inside what was dropped, such as "pets/cats/1.jpg". */
export interface FileContent {
  readonly name: string
  readonly file: File
}

/** False for folders, as far as that can be told, and where several files came at once. */
export function isOneFile(dropped: DroppedFiles): boolean {
  if (dropped.kind === 'paths') return dropped.paths.length === 1 && /\.[^./\\]+$/.test(dropped.paths[0] ?? '')
  return dropped.contents.length === 1 && !dropped.contents[0]?.name.includes('/')
}

/** One file that Keras saved a model in, by its name. */
export function isKerasFile(dropped: DroppedFiles): boolean {
  if (!isOneFile(dropped)) return false
  const name = dropped.kind === 'paths' ? dropped.paths[0] : dropped.contents[0]?.name
  return /\.(h5|hdf5|keras)$/i.test(name ?? '')
}

/** Must be called while the event is handled: its data are gone afterwards. */
export function readDrop(transfer: DataTransfer, pathOf: (file: File) => string): Promise<DroppedFiles> {
  const files = [...transfer.files]
  const paths = files.map(pathOf)
  if (files.length > 0 && paths.every((path) => path !== '')) return Promise.resolve({ kind: 'paths', paths })
  const entries = [...transfer.items].flatMap((item) => (item.kind === 'file' ? (item.webkitGetAsEntry() ?? []) : []))
  if (entries.length === 0) return Promise.resolve(asContents(files))
  return Promise.all(entries.map(readEntry)).then((contents) => ({ kind: 'contents', contents: contents.flat() }))
}

/** What a field for files or for a folder was given. */
export function readChosen(files: readonly File[], pathOf: (file: File) => string): DroppedFiles {
  const paths = files.map(pathOf)
  const isFolder = files.some((file) => file.webkitRelativePath !== '')
  return !isFolder && paths.every((path) => path !== '') ? { kind: 'paths', paths } : asContents(files)
}

function asContents(files: readonly File[]): DroppedFiles {
  return { kind: 'contents', contents: files.map((file) => ({ name: file.webkitRelativePath || file.name, file })) }
}

async function readEntry(entry: FileSystemEntry): Promise<readonly FileContent[]> {
  const name = entry.fullPath.replace(/^\//, '')
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    return [{ name, file }]
  }
  const contents: FileContent[] = []
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  // A reader gives a hundred entries at a time, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return contents
    contents.push(...(await Promise.all(some.map(readEntry))).flat())
  }
}
