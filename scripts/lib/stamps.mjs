import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** Whether a step was done with exactly these inputs: its stamp holds their hash. */
export function isStamped(stampFile, hash) {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8').trim() === hash
}

export function stamp(stampFile, hash) {
  mkdirSync(path.dirname(stampFile), { recursive: true })
  writeFileSync(stampFile, hash + '\n')
}

/** One hash over the names and contents of files and whole folders; what is missing counts as empty. */
export function hashOf(roots, { skip = () => false } = {}) {
  const hash = createHash('sha256')
  for (const root of roots) {
    for (const file of filesUnder(root)) {
      if (skip(file)) continue
      hash.update(file).update('\0').update(readFileSync(file)).update('\0')
    }
  }
  return hash.digest('hex')
}

function filesUnder(root) {
  if (!existsSync(root)) return []
  try {
    return readdirSync(root, { withFileTypes: true })
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => {
        const file = path.join(root, entry.name)
        return entry.isDirectory() ? filesUnder(file) : [file]
      })
  } catch (error) {
    if (error.code === 'ENOTDIR') return [root]
    throw error
  }
}
