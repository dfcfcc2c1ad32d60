import { realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { matchingChoiceSchema, SamepointError } from '@samepoint/shared-protocol';
import { Command, Option } from 'commander';
import { stateDir } from '../../app-folders.js';
import { Matcher } from '../../correspond/matcher.js';
import { featureStore } from '../../diffusion/cache/feature-store.js';
import { FeatureSource } from '../../diffusion/feature-source.js';
import { checkPlan } from '../../diffusion/networks/network-limits.js';
import { choiceName, planFeatures } from '../../diffusion/plan/feature-plan.js';
import { openRuntime } from '../../engine/open-runtime.js';
import type { Dataset } from '../../eval/datasets/dataset.js';
import { DATASET_NAMES, DATASETS, isDatasetName } from '../../eval/datasets/datasets.js';
import { PCK_BASES, SPAIR_SPLITS } from '../../eval/datasets/spair.js';
import { EvalFeatures } from '../../eval/eval-features.js';
import { type EvalRun, type Evaluation, evaluate } from '../../eval/evaluate.js';
import { type EvalReport, evaluationReport, sweepReport } from '../../eval/report/eval-report.js';
import { digest, programDigest, ResultCache } from '../../eval/result-cache.js';
import type { Runtime } from '../../graph/runtime/runtime.js';
import { EXIT_CODES } from '../exit-codes.js';
import { checkOutputFile } from '../files/output-files.js';
import { writeEvalReport } from '../files/write-eval-report.js';
import { formatFigureTable } from '../format/eval-table.js';
import { evalProgress } from '../format/progress.js';
import { logDevice, type Machine, thisMachine } from '../host-info.js';
import { type EvalSettings, evalSettings, type MeasureOptions, matchingOf } from '../options/eval-settings.js';
import { disableDiskCache, withFeatureOptions } from '../options/feature-options.js';
import { PARTS } from '../options/matching-parts.js';
import { positiveInteger } from '../options/parse-values.js';
import { deviceOption, type ProviderOptions, providerOption } from '../options/provider-options.js';
import { type SweepAxis, sweepOption, sweepPasses } from '../options/sweep-options.js';

const DETAILS = `
Data sets, in their official layouts:
${DATASET_NAMES.map((name) => `  ${name.padEnd(10)} ${isDatasetName(name) ? DATASETS[name].layout : ''}`).join('\n')}

Without --preset, the one that was published for the task of the data set is taken, where the backend has it.
Results are kept item by item. A run that was stopped goes on where it was; results count as long as the program, the
settings, the model, the images and the truth are the same. --limit takes items evenly spread over the data set.`;

/** `samepoint eval`: how good is the matching on images whose correspondences are known? */
export function evalCommand(): Command {
  const command = new Command('eval')
    .description('Measure the matching on a data set.')
    .argument('<dataset>', DATASET_NAMES.join(', '))
    .argument('<dir>', 'folder of the data set')
    .addOption(providerOption())
    .addOption(deviceOption())
    .addOption(
      new Option(
        '--matching <kind>',
        "the published protocol's, or Samepoint's own (default: published, pairs: samepoint)",
      ).choices(matchingChoiceSchema.options),
    )
    .addOption(
      new Option('--with <parts...>', "add parts of Samepoint's matching that are out by default").choices(
        Object.keys(PARTS),
      ),
    )
    .addOption(
      new Option('--without <parts...>', "leave parts of Samepoint's matching out, to see what each is worth").choices(
        Object.keys(PARTS),
      ),
    )
    .addOption(new Option('--split <name>', 'of SPair-71k').choices(SPAIR_SPLITS).default('test'))
    .addOption(
      new Option('--pck-base <what>', 'of SPair-71k: what the thresholds are parts of')
        .choices(PCK_BASES)
        .default('box'),
    )
    .option('--keypoints <dir>', 'of HPatches: given keypoints, one file an image; else corners are detected')
    .addOption(sweepOption())
    .option('--limit <n>', 'evaluate at most so many items', positiveInteger)
    .option('--fresh', 'start over; forget what earlier runs found')
    .option('--json', 'print JSON instead of tables')
    .option('--report <file>', 'also write a page with figures and the best and worst cases drawn')
    .addHelpText('after', DETAILS)
    .action(runEval);
  return withFeatureOptions(command);
}

interface EvalCliOptions extends MeasureOptions, MeasureRun, Pick<ProviderOptions, 'provider' | 'device'> {
  sweep?: SweepAxis[];
  json?: true;
  report?: string;
}

async function runEval(dataset: string, folder: string, options: EvalCliOptions): Promise<void> {
  if (!isDatasetName(dataset)) throw unknownDataset(dataset);
  disableDiskCache(options);
  const settings = evalSettings(dataset, folder, options);
  const passes = sweepPasses(options.sweep ?? [], options).map((combinations) =>
    combinations.map(({ label, options: swept, settings: varied }) => {
      return { label, varied, settings: evalSettings(dataset, folder, { ...options, ...swept }) };
    }),
  );
  checkFolder(folder);
  // a wrong value at the end of a sweep should not cost what all the others take
  for (const way of passes.flat()) checkPlan(planFeatures(way.settings.features), way.settings.features);
  if (options.report !== undefined) await checkOutputFile(options.report, '--report');
  let device = 'cpu';
  // nothing is loaded before the data set is known to be one
  const evaluations = await DATASETS[dataset].evaluate(folder, settings.options, async (opened) => {
    const runtime = await openRuntime(options, (found) => {
      device = `${found.provider} (${found.description})`;
      logDevice(found);
    });
    return measure(opened, passes, runtime, options);
  });
  const report = options.sweep === undefined ? evaluationReport(evaluations) : sweepReport(passes.flat(), evaluations);
  const machine = thisMachine(device);
  process.stdout.write(options.json ? toJson(settings, machine, report) : toText(report));
  if (options.report !== undefined) await writeEvalReport(options.report, settings, machine, report);
}

/** @throws SamepointError `BAD_REQUEST` */
function checkFolder(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  const reason = found === undefined ? 'does not exist' : 'is not a folder';
  throw new SamepointError('BAD_REQUEST', `${folder} ${reason}.`, 'Give the folder of the data set.');
}

function toJson(settings: EvalSettings, machine: Machine, { available, evaluated, json }: EvalReport): string {
  const { features, ...measured } = settings;
  const report = { ...measured, ...features, backend: choiceName(features), machine, available, evaluated, ...json };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function toText({ available, evaluated, tables }: EvalReport): string {
  const part = evaluated < available ? `${evaluated} of ${available} items, evenly spread.\n` : '';
  return `${part}${tables.map(formatFigureTable).join('\n')}`;
}

function unknownDataset(name: string): SamepointError {
  return new SamepointError(
    'BAD_REQUEST',
    `There is no data set "${name}".`,
    `Choose one of: ${DATASET_NAMES.join(', ')}.`,
  );
}

/** One way to measure. */
export interface Measured {
  /** What tells it from the others; empty for a single one. */
  label: string;
  settings: EvalSettings;
}

export interface MeasureRun {
  limit?: number;
  /** Forget what earlier runs found. */
  fresh?: true;
}

/**
 * Evaluates a data set in every way, and shows how far it is.
 * @param passes ways that share the passes of their networks
 * @returns an evaluation for each way, pass by pass
 */
export async function measure<Outcome>(
  dataset: Dataset<Outcome>,
  passes: readonly (readonly Measured[])[],
  runtime: Runtime,
  { limit, fresh }: MeasureRun,
): Promise<Evaluation[]> {
  const source = new FeatureSource(runtime, featureStore());
  const progress = evalProgress();
  const stopListening = onInterrupt(() => {
    progress.stop();
    process.stderr.write('\nStopped. What is done is kept; run the same command to go on.\n');
  });
  try {
    const runs = passes.map((ways) => runsOf(ways, source, runtime, fresh === true));
    return await evaluate(dataset, runs, {
      ...(limit === undefined ? {} : { limit }),
      onProgress: (step) => progress.show(step),
    });
  } finally {
    progress.stop();
    stopListening();
    await source.release();
  }
}

function runsOf(ways: readonly Measured[], source: FeatureSource, runtime: Runtime, fresh: boolean): EvalRun[] {
  const blocks = ways.flatMap(({ settings: { features } }) => features.upFtIndex ?? []);
  return ways.map(({ label, settings }) => {
    const features = new EvalFeatures(settings.features, source, ways.length > 1 ? blocks : undefined);
    const tools = {
      ...matchingOf(settings),
      matcher: new Matcher(),
      features: (path: string, category?: string) => features.pyramid(path, category),
    };
    return { label, tools, results: new ResultCache(resultsPath(settings, features.identity(runtime)), fresh) };
  });
}

/** One file for everything that makes results comparable. */
function resultsPath(settings: EvalSettings, features: unknown): string {
  const folder = realpathSync(settings.folder);
  const key = digest([programDigest(), features, { ...settings, folder }]);
  return join(stateDir(), 'eval', `${settings.dataset}-${key.slice(0, 16)}.jsonl`);
}

/** Every result is on disk already, so Ctrl+C ends at once. */
function onInterrupt(explain: () => void): () => void {
  const stop = () => {
    explain();
    process.exit(EXIT_CODES.interrupted);
  };
  process.once('SIGINT', stop);
  return () => process.off('SIGINT', stop);
}
