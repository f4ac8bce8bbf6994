import { ensureBuild } from './lib/build.mjs'
import { describeNodeFault, ensureDependencies } from './lib/dependencies.mjs'
import { ensureElectron, hasDisplay } from './lib/electron.mjs'
import { inProject } from './lib/folders.mjs'
import { ensureNativeTensorflow } from './lib/native.mjs'
import { ensureSharpForElectron } from './lib/sharp-wasm.mjs'
import { runVisibly, say } from './lib/terminal.mjs'

// npm start: sets up what is missing, builds what has changed, and opens Convas.
async function start(args) {
  const fault = describeNodeFault()
  if (fault) {
    say(fault)
    return 1
  }
  const retry = args.includes('--retry')
  const passedOn = args.filter((arg) => arg !== '--retry')
  if (!(await ensureDependencies())) return 1
  await ensureNativeTensorflow({ retry })
  if (!(await ensureBuild())) return 1
  if (hasDisplay() && !passedOn.includes('--web') && (await ensureElectron({ retry }))) await ensureSharpForElectron()
  // Ctrl-C reaches the program too; waiting for it lets it end in order.
  process.on('SIGINT', () => undefined)
  return runVisibly(process.execPath, [inProject('out', 'main', 'convas.js'), 'open', ...passedOn])
}

process.exitCode = await start(process.argv.slice(2))
