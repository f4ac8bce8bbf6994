import type { Text } from '../common/layers/text.ts'
import type { ErrorCode, Failure } from '../common/result.ts'
import { refusal } from '../common/result.ts'

const noPermission = {
  code: 'no-permission',
  textOf: (path: string) => ({
    en: `There is no permission for ${path}. Choose another folder, or change its permissions.`,
    ko: `사용 권한이 없습니다: ${path}. 다른 폴더를 고르거나 권한을 바꾸세요.`,
  }),
} as const

const sentences: Readonly<Record<string, { readonly code: ErrorCode; readonly textOf: (path: string) => Text }>> = {
  ENOSPC: {
    code: 'disk-full',
    textOf: (path) => ({
      en: `The disk is full: ${path} was not written and is as it was before. Free some space and try again.`,
      ko: `디스크가 가득 차서 저장하지 못했습니다. 파일은 전과 같습니다: ${path}. 공간을 비우고 다시 시도하세요.`,
    }),
  },
  EDQUOT: {
    code: 'disk-full',
    textOf: (path) => ({
      en: `The disk quota is used up: ${path} was not written and is as it was before.`,
      ko: `디스크 할당량을 모두 써서 저장하지 못했습니다. 파일은 전과 같습니다: ${path}`,
    }),
  },
  EFBIG: {
    code: 'disk-full',
    textOf: (path) => ({
      en: `${path} would be larger than this disk allows; it was not written.`,
      ko: `이 디스크에서 허용하는 크기보다 커서 저장하지 못했습니다: ${path}`,
    }),
  },
  EACCES: noPermission,
  EPERM: noPermission,
  EROFS: {
    code: 'no-permission',
    textOf: (path) => ({
      en: `${path} is on a disk that can only be read. Choose another folder.`,
      ko: `읽기 전용 디스크에 있는 위치입니다: ${path}. 다른 폴더를 고르세요.`,
    }),
  },
  ENOENT: { code: 'not-found', textOf: (path) => ({ en: `There is no ${path}.`, ko: `찾을 수 없습니다: ${path}` }) },
  EEXIST: {
    code: 'not-found',
    textOf: (path) => ({
      en: `${path} is a file; a folder was expected. Choose another place.`,
      ko: `폴더여야 하지만 파일입니다: ${path}. 다른 위치를 고르세요.`,
    }),
  },
  ENOTDIR: {
    code: 'not-found',
    textOf: (path) => ({
      en: `${path} leads through a file as if it were a folder.`,
      ko: `경로의 중간에 폴더가 아닌 파일이 있습니다: ${path}`,
    }),
  },
  EISDIR: {
    code: 'not-found',
    textOf: (path) => ({
      en: `${path} is a folder; a file was expected.`,
      ko: `파일이어야 하지만 폴더입니다: ${path}`,
    }),
  },
}

/** What went wrong with a file, as a sentence; a fault that is none of the file system's is a bug and goes on up. */
export function describeFileFault(error: unknown, file: string): Failure & { readonly text: Text } {
  const code = (error as NodeJS.ErrnoException | null)?.code
  if (typeof code !== 'string') throw error
  const known = sentences[code]
  const details = String(error)
  return known
    ? refusal(known.code, known.textOf(file), details)
    : refusal(
        'internal',
        {
          en: `${file} could not be used: the system says ${code}.`,
          ko: `파일을 사용하지 못했습니다: ${file}. 시스템 오류: ${code}.`,
        },
        details,
      )
}
