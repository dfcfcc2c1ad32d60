import { realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import { Argument, type Command, Option } from 'commander';
import { stateDir } from '../../app-folders.js';
import { Matcher } from '../../correspond/matcher.js';
import { featureStore } from '../../diffusion/cache/feature-store.js';
import { FeatureSource } from '../../diffusion/feature-source.js';
import { checkPlan } from '../../diffusion/networks/network-limits.js';
import { choiceName, type FeaturePlan, planFeatures } from '../../diffusion/plan/feature-plan.js';
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
import { claimOutputs } from '../files/output-files.js';
import { writeEvalReport } from '../files/write-eval-report.js';
import { formatFigureTable } from '../format/eval-table.js';
import { failureLine } from '../format/failed-files.js';
import { evalProgress } from '../format/progress.js';
import { StatusLine, withStatus } from '../format/status-line.js';
import { logDevice, type Machine, thisMachine } from '../host-info.js';
import { createCommand } from '../options/create-command.js';
import { type EvalSettings, evalSettings, type MeasureOptions, matchingOf } from '../options/eval-settings.js';
import { disableDiskCache, filesOfPlan, withFeatureOptions } from '../options/feature-options.js';
import { matchingOption, stageOptions, withMatchingOptions } from '../options/matching-options.js';
import { forceOption } from '../options/output-options.js';
import { positiveInteger } from '../options/parse-values.js';
import { type ProviderOptions, withDeviceOptions } from '../options/provider-options.js';
import { suggest } from '../options/suggestions.js';
import { type SweepAxis, sweepOption, sweepPasses } from '../options/sweep-options.js';

const DETAILS = `
Data sets, in their official layouts:
${DATASET_NAMES.map((name) => `  ${name.padEnd(10)} ${isDatasetName(name) ? DATASETS[name].layout : ''}`).join('\n')}

Without --preset, the preset published for the task is used, if the backend has it.
Results are cached item by item, and interrupted evaluations resume. Cached results are used as long as the program, the
settings, the model, the images and the annotations are unchanged.
An item with an image that cannot be read is left out of the figures and reported; the exit code is then 2.`;

/** `samepoint eval`: measures the matching on a data set with known correspondences. */
export function evalCommand(): Command {
  const command = createCommand(
    'eval',
    'Evaluate the matching on a data set.',
    'eval pairs my-screens --report report.html',
  )
    .addArgument(suggest(new Argument('<dataset>', DATASET_NAMES.join(', ')), DATASET_NAMES))
    .argument('<dir>', 'folder of the data set')
    .addOption(new Option('--split <name>', 'split of SPair-71k').choices(SPAIR_SPLITS).default('test'))
    .addOption(
      new Option('--pck-base <size>', 'size that the PCK thresholds of SPair-71k are relative to')
        .choices(PCK_BASES)
        .default('box'),
    )
    .option('--keypoints <dir>', 'keypoints of HPatches, one file an image (default: detected corners)')
    .addOption(sweepOption())
    .option('--limit <n>', 'evaluate an even subsample of at most n items', positiveInteger)
    .option('--fresh', 'discard cached results')
    .option('--json', 'print JSON instead of tables')
    .option('--report <file>', 'also write an HTML page with the figures and the best and worst cases')
    .addOption(forceOption())
    .addHelpText('after', DETAILS)
    .action(runEval);
  withMatchingOptions(command, matchingOption('samepoint for pairs, otherwise published'), ...stageOptions());
  return withDeviceOptions(withFeatureOptions(command));
}

interface EvalCliOptions extends MeasureOptions, MeasureRun, Pick<ProviderOptions, 'provider' | 'device'> {
  sweep?: SweepAxis[];
  json?: true;
  report?: string;
  force?: true;
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
  // an invalid value at the end of a sweep fails before the others are evaluated
  const plans = passes.flat().map(({ settings: { features } }) => ({ plan: planFeatures(features), features }));
  for (const { plan, features } of plans) checkPlan(plan, features);
  await claimReport(
    folder,
    plans.map(({ plan }) => plan),
    options,
  );
  let device = 'cpu';
  const line = new StatusLine();
  line.show('Reading the data set');
  // the data set is opened before the runtime is
  const evaluating = DATASETS[dataset].evaluate(folder, settings.options, async (opened) => {
    line.clear();
    const runtime = await withStatus('Choosing the device', () =>
      openRuntime(options, (found) => {
        device = `${found.provider} (${found.description})`;
        logDevice(found);
      }),
    );
    return measure(opened, passes, runtime, options);
  });
  const evaluations = await evaluating.finally(() => line.clear());
  const report = options.sweep === undefined ? evaluationReport(evaluations) : sweepReport(passes.flat(), evaluations);
  const machine = thisMachine(device);
  process.stdout.write(options.json ? toJson(settings, machine, report) : toText(report));
  if (options.report !== undefined) await writeEvalReport(options.report, settings, machine, report);
  for (const one of report.failed) process.stderr.write(failureLine(one));
  if (report.failed.length > 0) process.exitCode = EXIT_CODES.badInput;
}

async function claimReport(
  folder: string,
  plans: readonly FeaturePlan[],
  { report, keypoints, force }: EvalCliOptions,
): Promise<void> {
  if (report === undefined) return;
  const inputs = [folder, ...(keypoints === undefined ? [] : [keypoints]), ...plans.flatMap(filesOfPlan)];
  await claimOutputs([{ file: report, option: '--report' }], { inputs, force });
}

/** @throws SamepointError `BAD_REQUEST` */
function checkFolder(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  const reason = found === undefined ? 'does not exist' : 'is not a folder';
  throw new SamepointError('BAD_REQUEST', `${folder} ${reason}.`, 'Choose the folder of the data set.');
}

function toJson(settings: EvalSettings, machine: Machine, { available, evaluated, json }: EvalReport): string {
  const { features, ...measured } = settings;
  const report = { ...measured, ...features, backend: choiceName(features), machine, available, evaluated, ...json };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function toText({ available, evaluated, failed, tables }: EvalReport): string {
  const chosen = evaluated + failed.length;
  const part = chosen < available ? `${chosen} of ${available} items, evenly subsampled.\n` : '';
  const without = failed.map(({ id, error }) => `Not evaluated: ${id}. ${error.message}\n`).join('');
  return `${part}${without}${tables.map(formatFigureTable).join('\n')}`;
}

function unknownDataset(name: string): SamepointError {
  return new SamepointError(
    'BAD_REQUEST',
    `Unknown data set "${name}".`,
    `Choose one of: ${DATASET_NAMES.join(', ')}.`,
  );
}

/** One combination of settings. */
export interface EvalCombination {
  /** Distinguishes it from other combinations; empty for a single one. */
  label: string;
  settings: EvalSettings;
}

export interface MeasureRun {
  limit?: number;
  /** Discard cached results. */
  fresh?: true;
}

/**
 * Evaluates a data set with every combination of settings, and shows progress.
 * @param passes combinations grouped by the network passes they share
 * @returns an evaluation for each combination, pass by pass
 */
export async function measure<Outcome>(
  dataset: Dataset<Outcome>,
  passes: readonly (readonly EvalCombination[])[],
  runtime: Runtime,
  { limit, fresh }: MeasureRun,
): Promise<Evaluation[]> {
  const source = new FeatureSource(runtime, featureStore());
  const progress = evalProgress();
  const stopListening = onInterrupt(() => {
    progress.stop();
    process.stderr.write('Interrupted. Run the same command to resume.\n');
  });
  try {
    const runs = passes.map((combinations) => runsOf(combinations, source, runtime, fresh === true));
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

function runsOf(
  combinations: readonly EvalCombination[],
  source: FeatureSource,
  runtime: Runtime,
  fresh: boolean,
): EvalRun[] {
  const blocks = combinations.flatMap(({ settings: { features } }) => features.upFtIndex ?? []);
  return combinations.map(({ label, settings }) => {
    const features = new EvalFeatures(settings.features, source, combinations.length > 1 ? blocks : undefined);
    const tools = {
      ...matchingOf(settings),
      matcher: new Matcher(),
      features: (path: string, category?: string) => features.pyramid(path, category),
    };
    return { label, tools, results: new ResultCache(resultsPath(settings, features.identity(runtime)), fresh) };
  });
}

/** One cache file for each program, feature choice and combination of settings. */
function resultsPath(settings: EvalSettings, features: unknown): string {
  const folder = realpathSync(settings.folder);
  const key = digest([programDigest(), features, { ...settings, folder }]);
  return join(stateDir(), 'eval', `${settings.dataset}-${key.slice(0, 16)}.jsonl`);
}

/** Ctrl+C exits at once, because every result is already on disk. */
function onInterrupt(explain: () => void): () => void {
  const stop = () => {
    explain();
    process.exit(EXIT_CODES.interrupted);
  };
  process.once('SIGINT', stop);
  return () => process.off('SIGINT', stop);
}
