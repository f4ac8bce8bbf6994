/** Makes a project's content of one format version into that of the next; the version number is set by the caller. */
export type Migration = (content: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>

/** The migration at position n leads from version n + 1 to n + 2. Version 1 is the first, so there is none yet. */
export const migrations: readonly Migration[] = []
