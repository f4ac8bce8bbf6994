import { existsSync, readFileSync, statSync } from 'node:fs'
import { inProject, projectFolder } from './folders.mjs'
import { hashOf, isStamped, stamp } from './stamps.mjs'
import { npmCommand, runVisibly, say } from './terminal.mjs'

const lockFile = inProject('package-lock.json')
const stampFile = inProject('node_modules', '.convas-installed')

/** Says what is wrong with this Node, or null. */
export function describeNodeFault(version = process.versions.node) {
  const { engines } = JSON.parse(readFileSync(inProject('package.json'), 'utf8'))
  const needed = engines.node.replace(/^>=/, '')
  const [major, minor] = version.split('.').map(Number)
  const [neededMajor, neededMinor] = needed.split('.').map(Number)
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return null
  return `Node ${needed} or newer was expected. This is Node ${version}: install a newer one from https://nodejs.org.`
}

/** Installs the packages of the lock file where that was not done yet; resolves with whether they are there. */
export async function ensureDependencies() {
  const hash = hashOf([lockFile])
  if (isStamped(stampFile, hash)) return true
  if (wasInstalledByHand()) {
    stamp(stampFile, hash)
    return true
  }
  say('Installing packages (once) …')
  const [command, args] = npmCommand(['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  const code = await runVisibly(command, args, { cwd: projectFolder })
  if (code === 0) {
    stamp(stampFile, hash)
    return true
  }
  const usable = existsSync(inProject('node_modules', 'electron-vite'))
  say(
    usable
      ? 'The packages could not be brought up to date; going on with those that are installed.'
      : 'The packages could not be installed. Check the connection to the npm registry and start again.',
  )
  return usable
}

/** npm notes at the end of an install what it installed. */
function wasInstalledByHand() {
  const note = inProject('node_modules', '.package-lock.json')
  return existsSync(note) && statSync(note).mtimeMs >= statSync(lockFile).mtimeMs
}
