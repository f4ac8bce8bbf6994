import { createProgress, megabytes, say } from './terminal.mjs'

/** Sets up native TensorFlow where that was not done yet. Never fails: without it, Convas computes on wasm. */
export async function ensureNativeTensorflow({ retry }) {
  const bar = createProgress('Native TensorFlow (once)')
  let worked = false
  const progress = ({ step, text, done, total }) => {
    if (step === 'check') return
    worked = true
    const isUnmeasured = done === null || done === undefined
    bar.update({ name: text, done: done ?? 0, total: total ?? 0, amount: isUnmeasured ? '' : megabytes(done) })
  }
  try {
    const { setUpNativeTensorflow } = await import('../native-tensorflow.mjs')
    const { ok, message, command } = await setUpNativeTensorflow({ progress, retry })
    bar.end()
    if (ok && worked) say(message)
    if (!ok)
      say(`${message} Convas computes on wasm instead, which is slower.${command ? ` To try again: ${command}` : ''}`)
    return ok
  } catch (error) {
    bar.end()
    say(`Native TensorFlow was not set up (${error.message}). Convas computes on wasm instead, which is slower.`)
    return false
  }
}
