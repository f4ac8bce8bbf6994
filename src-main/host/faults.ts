import type { Failure } from '../common/result.ts'

const sentences: Readonly<Record<string, { readonly code: Failure['code']; readonly text: (path: string) => string }>> =
  {
    ENOSPC: {
      code: 'disk-full',
      text: (path) =>
        `The disk is full: ${path} was not written and is as it was before. Free some space and try again.`,
    },
    EDQUOT: {
      code: 'disk-full',
      text: (path) => `The disk quota is used up: ${path} was not written and is as it was before.`,
    },
    EFBIG: { code: 'disk-full', text: (path) => `${path} would be larger than this disk allows; it was not written.` },
    EACCES: {
      code: 'no-permission',
      text: (path) => `There is no permission for ${path}. Choose another folder, or change its permissions.`,
    },
    EPERM: {
      code: 'no-permission',
      text: (path) => `There is no permission for ${path}. Choose another folder, or change its permissions.`,
    },
    EROFS: {
      code: 'no-permission',
      text: (path) => `${path} is on a disk that can only be read. Choose another folder.`,
    },
    ENOENT: { code: 'not-found', text: (path) => `There is no ${path}.` },
    ENOTDIR: { code: 'not-found', text: (path) => `${path} leads through a file as if it were a folder.` },
    EISDIR: { code: 'not-found', text: (path) => `${path} is a folder; a file was expected.` },
  }

/** What went wrong with a file, as a sentence; a fault that is none of the file system's is a bug and goes on up. */
export function describeFileFault(error: unknown, file: string): Failure {
  const code = (error as NodeJS.ErrnoException | null)?.code
  if (typeof code !== 'string') throw error
  const known = sentences[code]
  const details = String(error)
  return known
    ? { code: known.code, message: known.text(file), details }
    : { code: 'internal', message: `${file} could not be used: the system says ${code}.`, details }
}
