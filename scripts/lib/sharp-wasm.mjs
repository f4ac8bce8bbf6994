import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { cacheFolder, inProject } from './folders.mjs'
import { npmCommand, runQuietly, say } from './terminal.mjs'

/**
 * Electron on Linux brings a GLib of its own, which sharp's native build does not survive. There pictures other than JPEG and
 * PNG are decoded by sharp's WebAssembly build, which npm leaves out of an ordinary install; it goes into the cache.
 * Never fails: without it, such pictures are skipped with a sentence in the window, and read on the command line.
 */
export async function ensureSharpForElectron() {
  const version = versionIn(inProject('node_modules', 'sharp'))
  if (process.platform !== 'linux' || version === null) return true
  const folder = path.join(cacheFolder(), 'sharp-wasm32')
  const installed = ['sharp', '@img/sharp-wasm32'].map((name) => versionIn(path.join(folder, 'node_modules', name)))
  if (installed.every((found) => found === version)) return true
  const part = `${folder}.${process.pid}.part`
  try {
    rmSync(part, { recursive: true, force: true })
    mkdirSync(part, { recursive: true })
    writeFileSync(path.join(part, 'package.json'), JSON.stringify({ private: true }))
    const packages = [`sharp@${version}`, `@img/sharp-wasm32@${version}`]
    const [command, args] = npmCommand([
      'install',
      ...packages,
      '--cpu=wasm32',
      '--force',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ])
    const { code, output } = await runQuietly(command, args, { cwd: part })
    if (code !== 0) throw new Error(output.trim().split('\n')[0] || `npm ended with ${code}`)
    rmSync(folder, { recursive: true, force: true })
    renameSync(part, folder)
    return true
  } catch (error) {
    rmSync(part, { recursive: true, force: true })
    say(
      `The decoder for WebP, GIF and TIFF pictures in the window was not set up (${error.message}). To try again: npm run setup`,
    )
    return false
  }
}

function versionIn(folder) {
  const manifest = path.join(folder, 'package.json')
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : null
}
