import { chmodSync } from 'node:fs'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'electron-vite'

/** One build serves current Electron, Node 20 (web host and command line) and the oldest Electron that tests run in. */
const nodeTarget = 'node16'
const browserTarget = 'chrome108'

/** npm starts the command line's bundle itself, so it has to be executable. */
const makeExecutable = {
  name: 'make-executable',
  writeBundle() {
    chmodSync('out/main/convas.js', 0o755)
  },
}

export default defineConfig({
  main: {
    plugins: [makeExecutable],
    build: {
      target: nodeTarget,
      outDir: 'out/main',
      rolldownOptions: {
        input: {
          app: 'src-main/app/app.ts',
          convas: 'src-main/host/cli/convas.ts',
          engine: 'src-main/engine/main.ts',
          decoder: 'src-main/engine/datasets/decoding/main.ts',
        },
        output: { format: 'cjs', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' },
      },
    },
  },
  preload: {
    build: {
      target: nodeTarget,
      outDir: 'out/preload',
      rolldownOptions: {
        input: { bridge: 'src-main/preload/bridge.ts' },
        output: { format: 'cjs', entryFileNames: '[name].js' },
      },
    },
  },
  renderer: {
    root: 'src-renderer',
    plugins: [svelte()],
    build: {
      target: browserTarget,
      outDir: 'out/renderer',
      rolldownOptions: { input: { index: 'src-renderer/index.html' } },
    },
  },
})
