import fs from 'node:fs'
import path from 'node:path'
import { librariesOf } from './plan.mjs'
import { hasCommand, runBounded, SetUpFailure } from './tools.mjs'
import { downloadWheels } from './wheel-download.mjs'

/** What the binding's sources include, directly or not. */
const headerFolders = ['tensorflow/c/', 'tensorflow/core/platform/', 'xla/', 'tsl/', 'absl/', 'Eigen/']
const workPrefix = '.part-'

/** Fills a folder with the libraries and headers of a way's wheels; it appears whole or not at all. */
export async function fillCache({ cache, way, pip, progress, log }) {
  const parent = path.dirname(cache)
  fs.mkdirSync(parent, { recursive: true })
  removeLeftovers(parent)
  const work = fs.mkdtempSync(path.join(parent, `${workPrefix}${process.pid}-`))
  const removeWork = () => fs.rmSync(work, { recursive: true, force: true })
  process.once('exit', removeWork)
  try {
    const wheels = await downloadWheels({ pip, way, work, progress })
    progress({ step: 'unpack', text: 'Unpacking TensorFlow', done: null, total: null })
    const tree = path.join(work, 'tree')
    const { files, linkNames } = librariesOf(process.platform)
    const unpacked = await runBounded(
      pip.python,
      ['-c', unpackProgram, wheels, tree, files.join(), headerFolders.join()],
      { silenceLimitMs: 300_000 },
    )
    if (unpacked.code !== 0)
      throw new SetUpFailure(
        /No space left/i.test(unpacked.output)
          ? 'The disk became full while TensorFlow was unpacked.'
          : 'TensorFlow could not be unpacked.',
        unpacked.output,
      )
    const libraryFolder = path.join(tree, 'tensorflow')
    linkNames.forEach((name, index) => fs.symlinkSync(files[index], path.join(libraryFolder, name)))
    // Apple's loader refuses a library that was changed after it was signed.
    if (process.platform === 'linux' && hasCommand('strip')) {
      progress({ step: 'strip', text: 'Making the library smaller', done: null, total: null })
      for (const name of files) await stripInPlace(path.join(libraryFolder, name), log)
    }
    fs.rmSync(cache, { recursive: true, force: true })
    fs.renameSync(tree, cache)
  } finally {
    process.off('exit', removeWork)
    removeWork()
  }
}

/** Whether a folder of the cache holds what a way needs. */
export function isFilled(cache) {
  return librariesOf(process.platform).files.every((name) => fs.existsSync(path.join(cache, 'tensorflow', name)))
}

/** Folders of set-ups that were killed: hundreds of megabytes that nobody uses any more. */
function removeLeftovers(parent) {
  for (const name of fs.readdirSync(parent)) {
    if (!name.startsWith(workPrefix)) continue
    const pid = Number.parseInt(name.slice(workPrefix.length), 10)
    if (!isAlive(pid)) fs.rmSync(path.join(parent, name), { recursive: true, force: true })
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Debug symbols only: a failure leaves the library as it was. */
async function stripInPlace(file, log) {
  const smaller = `${file}.stripped`
  const result = await runBounded('strip', ['--strip-unneeded', '-o', smaller, file], { silenceLimitMs: 120_000 })
  if (result.code === 0) fs.renameSync(smaller, file)
  else {
    fs.rmSync(smaller, { force: true })
    log(`strip: ${result.output}`)
  }
}

const unpackProgram = `
import glob, os, shutil, sys, zipfile
wheels, tree, files, heads = sys.argv[1], sys.argv[2], sys.argv[3].split(','), sys.argv[4].split(',')
libraries = ['tensorflow/' + name for name in files]
def wanted(name):
    if name.endswith('/'):
        return False
    if name in libraries or name.startswith('nvidia/'):
        return not name.endswith(('.a', '.h', '.hpp', '.cuh', '.py'))
    return name.endswith(('.h', '.inc')) and any(name.startswith('tensorflow/include/' + head) for head in heads)
for wheel in glob.glob(os.path.join(wheels, '*.whl')):
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if not wanted(name):
                continue
            target = os.path.normpath(os.path.join(tree, name))
            if not target.startswith(os.path.abspath(tree) + os.sep):
                sys.exit('a file outside the folder: ' + name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with archive.open(name) as source, open(target, 'wb') as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
missing = [name for name in libraries if not os.path.exists(os.path.join(tree, name))]
if missing:
    sys.exit('not in the wheels: ' + ', '.join(missing))
`
