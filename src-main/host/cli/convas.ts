#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import type { ExitCode } from './outcome.ts'
import { exitCodes } from './outcome.ts'
import type { ServeOptions } from './serve.ts'
import { serve } from './serve.ts'
import { backendChoices, findSurroundings } from './surroundings.ts'

const surroundings = findSurroundings(__dirname)

function createProgram(finish: (exitCode: ExitCode) => void): Command {
  const program = new Command('convas')
    .description('Assemble convolutional networks and MLPs, train them offline, and watch them learn.')
    .version(surroundings.version)
    .exitOverride()
    .showHelpAfterError('(convas --help tells the commands)')
  const backend = () => new Option('--backend <name>', 'what to compute with').choices(backendChoices).default('auto')

  program
    .command('serve')
    .description('serve the app on this machine; prints its address with the access token')
    .argument('[project]', 'a .convas file')
    .option('--port <number>', 'the port; any free one if left out', readPort, 0)
    .option('--open', 'open a browser', false)
    .addOption(backend())
    .action(async (project: string | undefined, options: Omit<ServeOptions, 'project'>) => {
      finish(await serve({ project, ...options }, surroundings))
    })
  return program
}

function readPort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError('A whole number from 0 to 65535 was expected.')
  }
  return port
}

async function main(): Promise<void> {
  let exitCode: ExitCode = exitCodes.done
  try {
    await createProgram((code) => {
      exitCode = code
    }).parseAsync()
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse
  }
  process.exitCode = exitCode
}

void main()
