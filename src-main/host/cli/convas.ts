#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import type { FileFormat } from '../../common/data/reading.ts'
import { fileFormats } from '../../common/data/reading.ts'
import { exportForms } from '../../common/data/export.ts'
import type { DistortionKind } from '../../common/comparison/distortion.ts'
import { distortionKinds } from '../../common/comparison/distortion.ts'
import type { JudgedWeights } from '../../common/comparison/judged-weights.ts'
import { judgedWeights } from '../../common/comparison/judged-weights.ts'
import { exportChoices, exportFormatTexts } from '../../common/export/formats.ts'
import { deviceChoices } from '../../common/training/device.ts'
import type { Monitored } from '../../common/training/recipe.ts'
import { monitoredTypes } from '../../common/training/recipe.ts'
import type { DataExportOptions, DataImportOptions, DataInspectOptions } from './data.ts'
import { exportData, importData, inspectData } from './data.ts'
import type { DoctorOptions } from './doctor.ts'
import { doctor } from './doctor.ts'
import type { EvaluateOptions } from './evaluate.ts'
import { evaluate } from './evaluate.ts'
import type { ExportOptions } from './export.ts'
import { exportSubjects } from './export.ts'
import type { ImportOptions } from './import.ts'
import { importKeras } from './import.ts'
import type { KernelsOptions } from './kernels.ts'
import { kernels } from './kernels.ts'
import type { MapsOptions } from './maps.ts'
import { maps } from './maps.ts'
import type { OpenOptions } from './open.ts'
import { open } from './open.ts'
import type { ExitCode } from './outcome.ts'
import { exitCodes, printJson } from './outcome.ts'
import type { PredictOptions } from './predict.ts'
import { predict } from './predict.ts'
import type { ServeOptions } from './serve.ts'
import { serve } from './serve.ts'
import { backendChoices, findSurroundings } from './surroundings.ts'
import type { ShiftOptions } from './shift.ts'
import { shift } from './shift.ts'
import type { SummaryOptions } from './summary.ts'
import { summary } from './summary.ts'
import type { KfoldOptions, SweepCommandOptions } from './sweep.ts'
import { kfold, sweep } from './sweep.ts'
import type { TemplatesOptions } from './templates.ts'
import { templates } from './templates.ts'
import type { TrainOptions } from './train.ts'
import { train } from './train.ts'

const surroundings = findSurroundings(__dirname)

type Finish = (exitCode: Promise<ExitCode>) => unknown

function createProgram(finish: Finish): Command {
  const program = new Command('convas')
    .description('Assemble convolutional networks and MLPs, train them offline, and watch them learn.')
    .version(surroundings.version)
    .exitOverride()
    .showHelpAfterError('(convas --help tells the commands)')
  addHostCommands(program, finish)
  addModelCommands(program, finish)
  addSweepCommands(program, finish)
  addRunCommands(program, finish)
  addDataCommands(program, finish)
  program
    .command('doctor')
    .description('what works on this machine, and what to do about what is missing')
    .addOption(backendOption())
    .addOption(jsonOption())
    .action((options: DoctorOptions) => {
      finish(doctor(options, surroundings))
    })
  return program
}

function addHostCommands(program: Command, finish: Finish): void {
  program
    .command('open')
    .description('open the desktop app; the web host where there is no Electron or no display')
    .argument('[project]', 'a .convas file')
    .option('--web', 'the web host in any case', false)
    .option('--no-open', 'do not open a browser')
    .option('--port <number>', 'the port of the web host; any free one if left out', readPort, 0)
    .addOption(backendOption())
    .action((project: string | undefined, options: OpenOptions) => {
      finish(open(project, options, surroundings))
    })
  program
    .command('serve')
    .description('serve the app on this machine; prints its address with the access token')
    .argument('[project]', 'a .convas file')
    .option('--port <number>', 'the port; any free one if left out', readPort, 0)
    .option('--open', 'open a browser', false)
    .addOption(backendOption())
    .action((project: string | undefined, options: Omit<ServeOptions, 'project'>) => {
      finish(serve({ ...options, project }, surroundings))
    })
}

function addModelCommands(program: Command, finish: Finish): void {
  program
    .command('templates')
    .description('the models that come with Convas')
    .addOption(jsonOption())
    .action((options: TemplatesOptions) => {
      finish(Promise.resolve(templates(options)))
    })
  program
    .command('summary')
    .description('layers, shapes and counts of the models of a project, a template or a notation')
    .argument('<project|template|notation>')
    .option('--input <shape>', 'the input shape of a notation', readShape, [32, 32, 1])
    .addOption(jsonOption())
    .action((word: string, options: SummaryOptions) => {
      finish(summary(word, options))
    })
  program
    .command('train')
    .description('train the models of a project or a template; Ctrl-C stops at the end of a batch')
    .argument('[project|template]', 'not needed with --resume and the folder of a run')
    .option('--model <id>', 'only this model; may be repeated', collect)
    .option('--data <source>', 'other data: a catalogue id, the name of an import or a path')
    .option('--epochs <number>', 'how many epochs; with --resume, how many more', readCount)
    .option('--batch-size <number>', 'samples a step', readCount)
    .option('--seed <number>', 'what every random choice follows from', readWhole)
    .option('--out <folder>', 'where the folder of the run is made')
    .option('--resume <run>', 'go on with this run: its folder, or its id after the project')
    .addOption(
      new Option('--device <name>', 'where to compute; auto measures each model where there is a GPU')
        .choices(deviceChoices)
        .default('auto'),
    )
    .addOption(backendOption())
    .addOption(jsonOption())
    .action((word: string | undefined, options: TrainOptions) => {
      finish(train(word, options, surroundings))
    })
}

function addSweepCommands(program: Command, finish: Finish): void {
  const withRecipe = (command: Command) =>
    command
      .option('--model <id>', 'only this model; may be repeated', collect)
      .option('--data <source>', 'other data: a catalogue id, the name of an import or a path')
      .option('--epochs <number>', 'how many epochs', readCount)
      .option('--batch-size <number>', 'samples a step', readCount)
      .option('--seed <number>', 'what every random choice follows from', readWhole)
      .option('--out <folder>', 'where the folders of the runs are made')
      .option('--together <number>', 'trainers at a time; by default what cores and memory allow', readCount)
      .option('--minutes <number>', 'pause after so many minutes', readAmount)
      .option('--by <metric>', 'what the table is sorted by: loss, accuracy, …', readMetric, 'loss')
      .option('--csv <file>', 'write the table as a CSV file, too')
      .option('--resume <sweep>', 'go on with this one: its file, or its id after the project')
      .addOption(new Option('--device <name>', 'where to compute').choices(deviceChoices).default('auto'))
      .addOption(backendOption())
      .addOption(jsonOption())
  withRecipe(
    program
      .command('sweep')
      .description('train a model with every combination of some values, and tell which is best')
      .argument('[project|template]', 'not needed with --resume and the file of a sweep')
      .option(
        '--vary <field=values...>',
        'such as optimizer.learningRate=0.01,0.001 or c1.kernelSize=3,6 or data.lookBack=60,144; for --random a range too: 1e-4..1e-1:log',
      )
      .option('--random <number>', 'so many cells drawn at random instead of all', readCount)
      .option('--halving', 'successive halving: all for few epochs, the best third for three times as many', false)
      .option('--runs <number>', 'train so many cells at the most', readCount)
      .option('--prune', 'end cells that are clearly worse than the others (median rule)', false)
      .option('--fields', 'list what can be varied, and train nothing', false),
  ).action((word: string | undefined, options: SweepCommandOptions) => {
    finish(sweep(word, options, surroundings))
  })
  withRecipe(
    program
      .command('kfold')
      .description('k-fold cross-validation: mean and deviation over folds, and a final model on all training data')
      .argument('[project|template]', 'not needed with --resume and the file of a sweep')
      .option(
        '--folds <number>',
        'how many folds; by class for pictures, in the order of time for a series',
        readCount,
        5,
      )
      .option('--no-final', 'without the final model'),
  ).action((word: string | undefined, options: KfoldOptions) => {
    finish(kfold(word, options, surroundings))
  })
}

function addRunCommands(program: Command, finish: Finish): void {
  program
    .command('evaluate')
    .description('loss and accuracy of the models of a run on the test part, and how sure their difference is')
    .argument('<run>', 'the folder of a run')
    .option('--data <source>', 'other data: a catalogue id, the name of an import or a path')
    .addOption(weightsOption('result'))
    .addOption(backendOption())
    .addOption(jsonOption())
    .action((run: string, options: EvaluateOptions) => {
      finish(evaluate(run, options, surroundings))
    })
  program
    .command('shift')
    .description(
      'accuracy of the models of a run on test pictures that are moved, turned, scaled, noisy or partly hidden',
    )
    .argument('<run>', 'the folder of a run')
    .addOption(new Option('--by <kind>', 'what is done to the pictures').choices(distortionKinds).default('across'))
    .addOption(weightsOption('best'))
    .addOption(backendOption())
    .addOption(jsonOption())
    .action((run: string, options: ShiftOptions) => {
      finish(shift(run, options, surroundings))
    })
  program
    .command('predict')
    .description('what the models of a run make of picture files')
    .argument('<run>', 'the folder of a run')
    .argument('<files...>', 'PNG or JPEG files')
    .addOption(backendOption())
    .addOption(jsonOption())
    .action((run: string, files: string[], options: PredictOptions) => {
      finish(predict(run, files, options, surroundings))
    })
  program
    .command('export')
    .description('write models for other programs: of a run with its weights, of a project or a template untrained')
    .argument(
      '<run|project|template...>',
      'the folder of a run, a .convas file or a template; of a report, one run or several',
    )
    .addOption(new Option('--to <format>', 'what to write').choices(exportChoices).makeOptionMandatory())
    .requiredOption('--out <path>', 'a file for keras-h5, graph-svg and report, else a folder that is new or empty')
    .option('--force', 'replace a file that an export wrote earlier')
    .option('--model <id>', 'only this model; may be repeated', collect)
    .addOption(new Option('--language <name>', 'of a report').choices(['en', 'ko']).default('en'))
    .addOption(
      new Option(
        '--shift <kind>',
        `of a report: accuracy on pictures changed in one way (${distortionKinds.join(', ')}); may be repeated`,
      ).argParser(collectKinds),
    )
    .addOption(weightsOption('best'))
    .addOption(backendOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      ['', ...exportChoices.map((as) => `  ${as.padEnd(9)} ${exportFormatTexts[as].about.en}`)].join('\n'),
    )
    .action((words: string[], options: ExportOptions) => {
      finish(exportSubjects(words, options, surroundings))
    })
  program
    .command('import')
    .description('make a project of a model that Keras saved, with its weights as a run beside it')
    .argument('<file>', 'a .h5 or .keras file')
    .option('--out <project>', 'the .convas file to make; by default one of that name here')
    .option('--data <source>', 'the data to look at it with; by default what comes with Convas and fits')
    .addOption(jsonOption())
    .action((file: string, options: ImportOptions) => {
      finish(importKeras(file, options, surroundings))
    })
  program
    .command('kernels')
    .description('write the kernels of a layer as PNG files')
    .argument('<run>', 'the folder of a run')
    .requiredOption('--layer <id>', 'the id of the layer')
    .requiredOption('--out <folder>', 'where to write')
    .action((run: string, options: KernelsOptions) => {
      finish(kernels(run, options, surroundings))
    })
  program
    .command('maps')
    .description('write the activation maps of a picture as PNG files')
    .argument('<run>', 'the folder of a run')
    .requiredOption('--image <files...>', 'the picture; up to four for a figure')
    .option('--out <folder>', 'where to write a file for each map')
    .option('--figure <file>', 'an SVG file with all layers of all pictures in one figure')
    .action((run: string, options: MapsOptions) => {
      finish(maps(run, options, surroundings))
    })
}

function addDataCommands(program: Command, finish: Finish): void {
  const data = program.command('data').description('look at data of your own, and import them')
  data
    .command('inspect')
    .description('what a folder, a zip, a CSV or other files are taken for')
    .argument('<path...>', 'a file or folder; several belong together, such as a training and a test zip')
    .option('--as <format>', 'pictures, arrays, series or table', readFormat)
    .option('--options <json>', 'how to read them, as JSON')
    .option('--input <shape>', 'what pictures become, such as 32x32x1', readShape)
    .addOption(jsonOption())
    .action((paths: string[], options: DataInspectOptions) => {
      finish(inspectData(paths, options, surroundings))
    })
  data
    .command('import')
    .description('decode them into the cache; --data of other commands then takes their name')
    .argument('<path...>', 'a file or folder; several belong together')
    .option('--name <name>', 'what to call them; by default the name of the file')
    .option('--as <format>', 'pictures, arrays, series or table', readFormat)
    .option('--options <json>', 'how to read them, as JSON')
    .option('--input <shape>', 'what pictures become, such as 32x32x1', readShape)
    .addOption(jsonOption())
    .action((paths: string[], options: DataImportOptions) => {
      finish(importData(paths, options, surroundings))
    })
  data
    .command('export')
    .description('save pictures as the binary files of CIFAR-10 (32 × 32 in colour), or as PNG files by class')
    .argument('<data>', 'a data set of the catalogue, the name of an import, or files')
    .requiredOption('--out <folder>', 'a folder that is new or empty')
    .addOption(new Option('--as <form>', 'what to write').choices(exportForms).default('cifar'))
    .addOption(jsonOption())
    .action((word: string, options: DataExportOptions) => {
      finish(exportData(word, options, surroundings))
    })
}

function backendOption(): Option {
  return new Option('--backend <name>', 'what to compute with').choices(backendChoices).default('auto')
}

function weightsOption(usual: JudgedWeights): Option {
  const about = 'which weights are judged: those of the best epoch, or those that the run ended with'
  return new Option('--weights <which>', about).choices(judgedWeights).default(usual)
}

function jsonOption(): Option {
  return new Option('--json', 'JSON for programs').default(false)
}

function readWhole(text: string): number {
  return readWholeFrom(0, text, 'A whole number, zero or more, was expected.')
}

function readCount(text: string): number {
  return readWholeFrom(1, text, 'A whole number above zero was expected.')
}

function readWholeFrom(least: number, text: string, expected: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isInteger(value) || value < least) throw new InvalidArgumentError(expected)
  return value
}

function readAmount(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value > 0) || !Number.isFinite(value)) {
    throw new InvalidArgumentError('A number above zero was expected.')
  }
  return value
}

function readMetric(text: string): Monitored {
  const metric = monitoredTypes.find((candidate) => candidate === text)
  if (metric === undefined) throw new InvalidArgumentError(`One of ${monitoredTypes.join(', ')} was expected.`)
  return metric
}

function readFormat(text: string): FileFormat {
  const format = fileFormats.find((candidate) => candidate === text)
  if (format === undefined) throw new InvalidArgumentError(`One of ${fileFormats.join(', ')} was expected.`)
  return format
}

function readShape(text: string): number[] {
  const shape = text.split(/[x×,]/).map(Number)
  if (shape.length > 3 || shape.some((size) => !Number.isInteger(size) || size < 1)) {
    throw new InvalidArgumentError('One to three sizes such as 32x32x1 were expected.')
  }
  return shape
}

function readPort(text: string): number {
  const port = readWhole(text)
  if (port > 65_535) throw new InvalidArgumentError('A port from 0 to 65535 was expected.')
  return port
}

function collect(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), value]
}

function collectKinds(value: string, earlier: readonly DistortionKind[] | undefined): readonly DistortionKind[] {
  const kind = distortionKinds.find((one) => one === value)
  if (kind === undefined) throw new InvalidArgumentError(`Allowed choices are ${distortionKinds.join(', ')}.`)
  return [...(earlier ?? []), kind]
}

async function main(): Promise<void> {
  // A reader that has seen enough, such as `head`, closes the pipe: no fault.
  process.stdout.on('error', () => process.exit(exitCodes.done))
  const outcomes: Promise<ExitCode>[] = []
  try {
    await createProgram((exitCode) => outcomes.push(exitCode)).parseAsync()
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    const isFault = error.exitCode !== 0
    if (isFault && process.argv.includes('--json')) {
      const message = error.message.replace(/^error: /, '')
      printJson({ ok: false, error: { code: 'invalid-request', message } })
    }
    outcomes.push(Promise.resolve(isFault ? exitCodes.wrongUse : exitCodes.done))
  }
  const [exitCode = exitCodes.done] = await Promise.all(outcomes)
  process.stdout.write('', () => process.exit(exitCode))
}

void main()
