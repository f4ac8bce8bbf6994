import { describeNodeFault, ensureDependencies } from './lib/dependencies.mjs'
import { ensureNativeTensorflow } from './lib/native.mjs'
import { ensureSharpForElectron } from './lib/sharp-wasm.mjs'
import { say } from './lib/terminal.mjs'

// npm run setup: the packages and native TensorFlow, tried again even if that failed before.
const fault = describeNodeFault()
if (fault) {
  say(fault)
  process.exitCode = 1
} else if (await ensureDependencies()) {
  const isReady = [await ensureNativeTensorflow({ retry: true }), await ensureSharpForElectron()]
  process.exitCode = isReady.includes(false) ? 1 : 0
} else {
  process.exitCode = 1
}
