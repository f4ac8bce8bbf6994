import { describeNodeFault, ensureDependencies } from './lib/dependencies.mjs'
import { ensureNativeTensorflow } from './lib/native.mjs'
import { say } from './lib/terminal.mjs'

// npm run setup: the packages and native TensorFlow, tried again even if that failed before.
const fault = describeNodeFault()
if (fault) {
  say(fault)
  process.exitCode = 1
} else if (await ensureDependencies()) {
  process.exitCode = (await ensureNativeTensorflow({ retry: true })) ? 0 : 1
} else {
  process.exitCode = 1
}
