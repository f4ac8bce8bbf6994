import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { inProject, projectFolder } from './lib/folders.mjs'
import { runQuietly, say, seconds } from './lib/terminal.mjs'

const AT_ONCE = 2

/** Every part of the check: what is asked of which tool. The slowest come first, so that two at a time end together. */
function listSteps() {
  const parts = readdirSync(inProject('src-main'))
    .map((part) => `src-main/${part}`)
    .concat('src-renderer', 'e2e', 'bench')
    .filter((part) => existsSync(inProject(part, 'tsconfig.json')))
  return [
    node('unit tests', 'vitest/vitest.mjs', ['run', ...testReport()]),
    node('lint', 'eslint/bin/eslint.js', ['.', '--max-warnings', '0', '--cache', '--cache-location', '.cache/eslint/']),
    node('types and accessibility of components', 'svelte-check/bin/svelte-check', [
      '--workspace',
      'src-renderer',
      '--tsconfig',
      './tsconfig.json',
      '--fail-on-warnings',
    ]),
    ...parts.map((part) => node(`types in ${part}`, 'typescript/bin/tsc', ['-p', part])),
    node('types in configuration', 'typescript/bin/tsc', ['-p', '.']),
    node('format', 'prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '--cache', '.']),
    node('direction of imports', 'dependency-cruiser/bin/dependency-cruise.mjs', [
      '--config',
      'dependency-cruiser.config.mjs',
      '--output-type',
      'err',
      'src-main',
      'src-renderer',
      'e2e',
    ]),
    node('unused code', 'knip/bin/knip.js', []),
  ]
}

function node(title, script, args) {
  return { title, command: process.execPath, args: [path.join('node_modules', script), ...args] }
}

/** scripts/test.mjs counts the tests from this file. */
function testReport() {
  const file = process.env.CONVAS_TEST_REPORT
  return file ? ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`] : []
}

async function runSteps(steps) {
  const waiting = [...steps]
  const failed = []
  async function work() {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const started = Date.now()
      const { code, output } = await runQuietly(step.command, step.args, {
        cwd: projectFolder,
        env: {
          ...process.env,
          FORCE_COLOR: process.stdout.isTTY ? '1' : '0',
          VITE_CONFIG_NATIVE_IGNORE_WARNING: 'true',
        },
      })
      say(`${code === 0 ? '✓' : '✗'} ${step.title} (${seconds(started)})`)
      if (code !== 0) {
        failed.push(step.title)
        say(output.trimEnd())
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return failed
}

const failed = await runSteps(listSteps())
say(failed.length === 0 ? 'The check passed.' : `The check failed: ${failed.join(', ')}.`)
process.exitCode = failed.length === 0 ? 0 : 1
