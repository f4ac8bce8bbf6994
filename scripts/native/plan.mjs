// Which ways there are to get TensorFlow's C library on a machine; pure, so that every machine can be tested here.
import { appleArmWheel, cudaWheels, linuxArmWheel, linuxCpuWheel } from './wheels.mjs'

/**
 * @typedef {{ platform: string, arch: string, libc: 'glibc' | 'musl' | null, gpu: Gpu, hasPip: boolean, hasCompiler: boolean }} Machine
 * @typedef {{ driver: string | null }} Gpu  the version of the NVIDIA driver; null without an NVIDIA GPU
 * @typedef {{ kind: 'cuda' | 'cpu', wheels: readonly object[], tags: readonly string[], neededBytes: number }} WheelWay
 * @typedef {WheelWay | { kind: 'archive' }} Way
 */

/** CUDA 12 runs on any driver of this branch or newer. */
const oldestDriver = 525

const linuxTags = (arch) =>
  ['manylinux_2_27', 'manylinux2014', 'manylinux_2_17']
    .map((name) => `${name}_${arch}`)
    .concat(arch === 'x86_64' ? ['manylinux2010_x86_64', 'manylinux_2_12_x86_64'] : [])
const cpuWay = (wheel, tags) => ({ kind: 'cpu', wheels: [wheel], tags, neededBytes: 2e9 })

const wheelWays = {
  'linux-x64': ({ gpu }) => {
    const cpu = cpuWay(linuxCpuWheel, linuxTags('x86_64'))
    return driverFits(gpu)
      ? [{ kind: 'cuda', wheels: cudaWheels, tags: linuxTags('x86_64'), neededBytes: 12e9 }, cpu]
      : [cpu]
  },
  'linux-arm64': () => [cpuWay(linuxArmWheel, linuxTags('aarch64'))],
  'darwin-arm64': () => [cpuWay(appleArmWheel, ['macosx_12_0_arm64'])],
}
const archives = new Set(['linux-x64', 'linux-arm64', 'linux-arm', 'darwin-arm64', 'darwin-x64', 'win32-x64'])

/**
 * The ways to try, best first, and a sentence where something keeps the best way from being one. What `isReady` for a kind
 * needs neither pip nor a compiler any more.
 * @param {Machine} machine
 * @param {(kind: 'cuda' | 'cpu') => boolean} [isReady]
 * @returns {{ ways: readonly Way[], obstacle: string | null }}
 */
export function planWays(machine, isReady = () => false) {
  const { platform, arch, libc, gpu, hasPip, hasCompiler } = machine
  const system = `${platform}-${arch}`
  if (platform === 'linux' && libc === 'musl')
    return { ways: [], obstacle: 'TensorFlow is made for Linux with glibc; this one has musl.' }
  const wheels = wheelWays[system]?.(machine) ?? []
  const archive = archives.has(system) ? [{ kind: 'archive' }] : []
  if (wheels.length === 0 && archive.length === 0)
    return { ways: [], obstacle: `There is no TensorFlow library for ${platform} on ${arch}.` }
  const prepared = wheels.filter(({ kind }) => isReady(kind))
  if (wheels.length > 0 && !(hasPip && hasCompiler))
    return {
      ways: [...prepared, ...archive],
      obstacle: prepared.length > 0 ? null : hasPip ? missingCompiler(platform) : missingPip(platform),
    }
  const obstacle =
    system === 'linux-x64' && gpu.driver !== null && !driverFits(gpu)
      ? `The NVIDIA driver must be ${oldestDriver} or newer for the GPU to be used. Found: ${gpu.driver}`
      : null
  return { ways: [...wheels, ...archive], obstacle }
}

function driverFits(gpu) {
  return gpu.driver !== null && Number.parseInt(gpu.driver, 10) >= oldestDriver
}

function missingPip(platform) {
  const mend = platform === 'darwin' ? 'xcode-select --install' : 'Debian: apt install python3-pip'
  return `Native TensorFlow needs Python with pip, which was not found (${mend}).`
}

function missingCompiler(platform) {
  const [name, mend] = platform === 'darwin' ? ['c++', 'xcode-select --install'] : ['g++', 'Debian: apt install g++']
  return `Native TensorFlow needs the compiler ${name}, which was not found (${mend}).`
}

/** TensorFlow's libraries in a wheel, and the names that the linker asks for. */
export function librariesOf(platform) {
  return platform === 'darwin'
    ? {
        files: ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib'],
        linkNames: ['libtensorflow.dylib', 'libtensorflow_framework.dylib'],
      }
    : {
        files: ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'],
        linkNames: ['libtensorflow.so', 'libtensorflow_framework.so'],
      }
}

/** The compiler of C++ and what it needs besides to make a Node module that finds its libraries. */
export function compilerOf(platform) {
  return platform === 'darwin'
    ? { command: 'c++', flags: ['-undefined', 'dynamic_lookup', '-Wl,-rpath,@loader_path/../../deps/lib'] }
    : { command: 'g++', flags: ['-Wl,-rpath,$ORIGIN/../../deps/lib'] }
}
