import { existsSync } from 'node:fs'
import path from 'node:path'
import { inProject, projectFolder } from './folders.mjs'
import { hashOf, isStamped, stamp } from './stamps.mjs'
import { runQuietly, say, seconds } from './terminal.mjs'

const sources = ['src-main', 'src-renderer', 'electron.vite.config.ts', 'tsconfig.json', 'package-lock.json']
const stampFile = inProject('out', '.built')

/** Builds out/ where the sources are not those of the last build; resolves with whether it is there. */
export async function ensureBuild() {
  const hash = hashOf(
    sources.map((source) => inProject(source)),
    { skip: (file) => /\.test\.ts$/.test(file) },
  )
  const complete = [
    'main/app.js',
    'main/convas.js',
    'main/engine.js',
    'preload/bridge.js',
    'renderer/index.html',
  ].every((file) => existsSync(inProject('out', file)))
  if (complete && isStamped(stampFile, hash)) return true
  const started = Date.now()
  say('Building …')
  const bundler = path.join('node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  const { code, output } = await runQuietly(process.execPath, [bundler, 'build'], { cwd: projectFolder })
  if (code !== 0) {
    say(output)
    say('The build failed; its output is above.')
    return false
  }
  stamp(stampFile, hash)
  say(`  built in ${seconds(started)}`)
  return true
}
