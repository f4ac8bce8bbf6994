import fs from 'node:fs'
import path from 'node:path'
import { folderBytes, freeBytes, runBounded, SetUpFailure } from './tools.mjs'

/** Fetches wheels with pip, which checks their SHA-256, into a new folder under `work`; resolves with that folder. */
export async function downloadWheels({ pip, way, work, progress }) {
  const free = freeBytes(work)
  if (free < way.neededBytes) throw new SetUpFailure(diskSentence(way.neededBytes, free))
  const requirements = path.join(work, 'requirements.txt')
  fs.writeFileSync(
    requirements,
    way.wheels.map(({ name, version, sha256 }) => `${name}==${version} --hash=sha256:${sha256}\n`).join(''),
  )
  const target = path.join(work, 'wheels')
  const temporary = path.join(work, 'pip')
  fs.mkdirSync(target)
  fs.mkdirSync(temporary)
  const total = way.wheels.reduce((sum, { bytes }) => sum + bytes, 0)
  // The wheel is chosen for Python 3.11 whatever Python runs pip: only its C library is used.
  const commandArguments = [
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--only-binary=:all:',
    '--python-version=3.11',
    '--implementation=cp',
    '--abi=cp311',
    '--abi=none',
    ...way.tags.map((tag) => `--platform=${tag}`),
    '--require-hashes',
    '--requirement',
    requirements,
    '--dest',
    target,
    '--no-cache-dir',
    '--no-input',
    '--disable-pip-version-check',
    '--progress-bar=off',
    '--timeout=20',
    '--retries=2',
  ]
  // pip tells nothing while it writes; the growing files do. It holds each file twice for a moment.
  const result = await runBounded(pip.python, commandArguments, {
    silenceLimitMs: 60_000,
    env: { ...process.env, TMPDIR: temporary },
    measure: () => folderBytes(temporary) + folderBytes(target),
    onMeasure: (bytes) =>
      progress({ step: 'download', text: 'Downloading TensorFlow', done: Math.min(bytes, total), total }),
  })
  if (result.stalled)
    throw new SetUpFailure('The download of TensorFlow stopped: nothing came for 60 seconds.', result.output)
  if (result.code !== 0) throw new SetUpFailure(downloadSentence(result.output), result.output.slice(-3000))
  return target
}

/** What pip's last words mean. */
export function downloadSentence(output) {
  if (/No space left/i.test(output)) return 'The disk became full while TensorFlow was downloaded.'
  if (/DO NOT MATCH THE HASHES|HashMismatch|hashes are required/i.test(output))
    return 'A downloaded file of TensorFlow was damaged: its checksum is not the expected one.'
  if (/ConnectionError|Connection broken|IncompleteRead|Timeout|NameResolution|ProxyError|SSLError/.test(output))
    return 'TensorFlow could not be downloaded from PyPI: the connection failed.'
  if (/No matching distribution/i.test(output))
    return 'The package index that pip uses does not have the version of TensorFlow that is needed.'
  return 'TensorFlow could not be downloaded from PyPI.'
}

function diskSentence(needed, free) {
  const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(1)} GB`
  return `TensorFlow needs ${gigabytes(needed)} of disk space while it is set up. Free: ${gigabytes(free)}`
}
