import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { ensureBrowser, ensureDisplayWrapper } from './lib/browser.mjs'
import { ensureBuild } from './lib/build.mjs'
import { describeNodeFault, ensureDependencies } from './lib/dependencies.mjs'
import { findElectron } from './lib/electron.mjs'
import { inProject, projectFolder } from './lib/folders.mjs'
import { ensureNativeTensorflow } from './lib/native.mjs'
import { runVisibly, say, seconds } from './lib/terminal.mjs'

// npm test: installs what the tests need, then the check, the build, and the end-to-end tests in every host that is there.
const reports = mkdtempSync(path.join(os.tmpdir(), 'convas-tests-'))
const counts = { passed: 0, failed: 0, skipped: 0 }

/** Adds one vitest report to the counts; without one, the step counts as one failed test. */
function count(report, fallbackFailed) {
  if (!existsSync(report)) {
    counts.failed += fallbackFailed ? 1 : 0
    return
  }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
    readFileSync(report, 'utf8'),
  )
  // A file that could not even be loaded has no tests of its own in the report.
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  counts.passed += numPassedTests
  counts.failed += numFailedTests + broken.length
  counts.skipped += numPendingTests + numTodoTests
}

/** Runs one step with its output on the screen and counts it: its tests where it writes a report, else as one failure. */
async function step(title, command, args, environment = {}) {
  const report = path.join(reports, `${title.replace(/\W+/g, '-')}.json`)
  const started = Date.now()
  say(`\n── ${title}`)
  const failedBefore = counts.failed
  const code = await runVisibly(command, args(report), {
    cwd: projectFolder,
    env: { ...process.env, CONVAS_TEST_REPORT: report, VITE_CONFIG_NATIVE_IGNORE_WARNING: 'true', ...environment },
  })
  count(report, code !== 0)
  if (code !== 0 && counts.failed === failedBefore) counts.failed += 1
  say(`── ${title}: ${code === 0 ? 'passed' : 'failed'} (${seconds(started)})`)
}

function vitest(config) {
  return (report) => [
    inProject('node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '-c',
    config,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]
}

async function endToEnd() {
  const config = 'e2e/vitest.config.ts'
  if (!existsSync(inProject(config))) return
  const browser = await ensureBrowser()
  if (browser) {
    await step('end to end in Chromium', process.execPath, vitest(config), {
      CONVAS_E2E_HOST: 'chromium',
      CONVAS_BROWSER: browser,
    })
  } else {
    say('No browser could be found or installed: the end-to-end tests in Chromium did not run.')
    counts.failed += 1
  }
  if (!findElectron()) {
    say('No Electron binary here: the end-to-end tests in Electron were left out.')
    return
  }
  const wrapper = await ensureDisplayWrapper()
  if (wrapper === null) {
    say('No display and no xvfb here: the end-to-end tests in Electron were left out.')
    return
  }
  const [command, ...before] = [...wrapper, process.execPath]
  await step('end to end in Electron', command, (report) => [...before, ...vitest(config)(report)], {
    CONVAS_E2E_HOST: 'electron',
    ...(browser && { CONVAS_BROWSER: browser }),
  })
}

async function test() {
  const fault = describeNodeFault()
  if (fault) {
    say(fault)
    counts.failed += 1
    return
  }
  if (!(await ensureDependencies())) {
    counts.failed += 1
    return
  }
  await ensureNativeTensorflow({ retry: false })
  // Built first: some of the unit tests run the built command line.
  if (!(await ensureBuild())) counts.failed += 1
  await step('check', process.execPath, () => [inProject('scripts', 'check.mjs')])
  await endToEnd()
}

const started = Date.now()
try {
  await test()
} catch (error) {
  say(String(error?.stack ?? error))
  counts.failed += 1
}
rmSync(reports, { recursive: true, force: true })
say(`\nAll in all ${seconds(started)}.`)
say(`${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`)
process.exitCode = counts.failed === 0 ? 0 : 1
