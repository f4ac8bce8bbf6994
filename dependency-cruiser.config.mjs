/** Imports point one way: renderer → common ← engine, host ← app. */
const only = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to })
const tests = '\\.test\\.ts$'

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    only(
      'no-circles',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
      'A circle of imports cannot be understood part by part.',
    ),
    only(
      'common-stands-alone',
      { path: '^src-main/common/', pathNot: tests },
      { path: '^(src-main/(?!common/)|src-renderer/|e2e/)' },
      'Both sides import common; it knows neither.',
    ),
    only(
      'common-is-pure',
      { path: '^src-main/common/', pathNot: tests },
      { dependencyTypes: ['core'] },
      'common runs in the renderer too: no Node.',
    ),
    only(
      'tensorflow-in-the-engine-only',
      { pathNot: ['^src-main/engine/', tests] },
      { path: 'node_modules/@tensorflow/', dependencyTypesNot: ['type-only'] },
      'A fault in TensorFlow must never cost more than an engine.',
    ),
    only(
      'engine-knows-common-only',
      { path: '^src-main/engine/' },
      { path: '^(src-main/(host|app|preload)/|src-renderer/|e2e/)' },
      'An engine runs under every host.',
    ),
    only(
      'host-knows-common-only',
      { path: '^src-main/host/' },
      { path: '^(src-main/(engine|app|preload)/|src-renderer/|e2e/)' },
      'The host talks to engines by messages.',
    ),
    only(
      'electron-in-the-app-only',
      { pathNot: '^src-main/(app|preload)/' },
      { path: 'node_modules/electron/' },
      'The web host and the command line run without Electron.',
    ),
    only(
      'app-knows-host-and-common',
      { path: '^src-main/app/' },
      { path: '^(src-main/(engine|preload)/|src-renderer/|e2e/)' },
      'The app is a host; engines and pages are processes of their own.',
    ),
    only(
      'preload-is-the-bridge-alone',
      { path: '^src-main/preload/' },
      { path: '^(src-main/(?!preload/)|src-renderer/|e2e/)' },
      'A sandboxed preload script is one small file.',
    ),
    only(
      'renderer-knows-common-only',
      { path: '^src-renderer/' },
      { path: '^(src-main/(?!common/)|e2e/)' },
      'The renderer cannot tell which host it talks to.',
    ),
    only(
      'renderer-without-node',
      { path: '^src-renderer/', pathNot: tests },
      { dependencyTypes: ['core'] },
      'The renderer is a page.',
    ),
    only(
      'nothing-imports-end-to-end-tests',
      { path: '^(src-main|src-renderer)/' },
      { path: '^e2e/' },
      'Tests look at the product, not the other way round.',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js', '.svelte'], exportsFields: ['exports'] },
  },
}
