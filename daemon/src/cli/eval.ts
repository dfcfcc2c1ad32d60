import { realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import { Command, Option } from 'commander';
import { Matcher } from '../correspond/matcher.js';
import { featureStore } from '../diffusion/feature-store.js';
import { openRuntime } from '../engine/open-runtime.js';
import type { Dataset } from '../eval/dataset.js';
import { DATASET_NAMES, DATASETS, isDatasetName } from '../eval/datasets.js';
import { EvalFeatures } from '../eval/eval-features.js';
import { type Evaluation, evaluate } from '../eval/evaluate.js';
import { formatTable } from '../eval/figure-table.js';
import { digest, KeptResults } from '../eval/kept-results.js';
import { programDigest } from '../eval/program-digest.js';
import { PCK_BASES, SPAIR_SPLITS } from '../eval/spair.js';
import type { Runtime } from '../graph/runtime.js';
import { stateDir } from '../state-dir.js';
import { checkOutputFile } from './check-output.js';
import { positiveInteger } from './count-options.js';
import { evalProgress } from './eval-progress.js';
import { writeEvalReport } from './eval-report.js';
import { type EvalSettings, evalSettings, MATCHINGS, type MeasureOptions, matchingOf } from './eval-settings.js';
import { backendOption, keepOffDisk, noCacheOption, presetOption, promptOption } from './feature-options.js';
import { type Machine, thisMachine } from './machine.js';
import { PARTS } from './matching-parts.js';
import { deviceOption, type ProviderOptions, providerOption } from './provider-options.js';
import { sayDevice } from './say-device.js';

const DETAILS = `
Data sets, in their official layouts:
${DATASET_NAMES.map((name) => `  ${name.padEnd(10)} ${isDatasetName(name) ? DATASETS[name].layout : ''}`).join('\n')}

Without --preset, the one that was published for the task of the data set is taken, where the backend has it.
Results are kept item by item. A run that was stopped goes on where it was; results count as long as the program, the
settings, the model, the images and the truth are the same. --limit takes items evenly spread over the data set.`;

/** `samepoint eval`: how good is the matching on images whose correspondences are known? */
export function evalCommand(): Command {
  return new Command('eval')
    .description('Measure the matching on a data set.')
    .argument('<dataset>', DATASET_NAMES.join(', '))
    .argument('<dir>', 'folder of the data set')
    .addOption(backendOption())
    .addOption(presetOption())
    .addOption(promptOption())
    .addOption(providerOption())
    .addOption(deviceOption())
    .addOption(noCacheOption())
    .addOption(
      new Option(
        '--matching <kind>',
        "the published protocol's, or Samepoint's own (default: published, pairs: samepoint)",
      ).choices(MATCHINGS),
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
    .option('--limit <n>', 'evaluate at most so many items', positiveInteger)
    .option('--fresh', 'start over; forget what earlier runs found')
    .option('--json', 'print JSON instead of tables')
    .option('--report <file>', 'also write a page with figures and the best and worst cases drawn')
    .addHelpText('after', DETAILS)
    .action(runEval);
}

interface EvalCliOptions extends MeasureOptions, Pick<ProviderOptions, 'provider' | 'device'> {
  limit?: number;
  fresh?: true;
  json?: true;
  report?: string;
}

async function runEval(dataset: string, folder: string, options: EvalCliOptions): Promise<void> {
  if (!isDatasetName(dataset)) throw unknownDataset(dataset);
  keepOffDisk(options);
  const settings = evalSettings(dataset, folder, options);
  checkFolder(folder);
  if (options.report !== undefined) await checkOutputFile(options.report, '--report', 'over');
  let device = 'cpu';
  // nothing is loaded before the data set is known to be one
  const evaluation = await DATASETS[dataset].evaluate(folder, settings.options, async (opened) => {
    const runtime = await openRuntime(options, (found) => {
      device = `${found.provider} (${found.description})`;
      sayDevice(found);
    });
    return measure(opened, settings, runtime, options);
  });
  const machine = thisMachine(device);
  process.stdout.write(options.json ? toJson(settings, machine, evaluation) : toText(evaluation));
  if (options.report !== undefined) await writeEvalReport(options.report, settings, machine, evaluation);
}

async function measure<Outcome>(
  dataset: Dataset<Outcome>,
  settings: EvalSettings,
  runtime: Runtime,
  { limit, fresh }: EvalCliOptions,
): Promise<Evaluation> {
  const { backend, preset, prompt } = settings;
  const features = new EvalFeatures({ backend, preset, prompt }, runtime, featureStore());
  const results = new KeptResults(resultsPath(settings, features.identity()), fresh === true);
  const tools = {
    ...matchingOf(settings),
    matcher: new Matcher(),
    features: (path: string, category?: string) => features.pyramid(path, category),
  };
  const progress = evalProgress();
  const stopListening = onInterrupt(() => {
    progress.stop();
    process.stderr.write('\nStopped. What is done is kept; run the same command to go on.\n');
  });
  try {
    return await evaluate(dataset, tools, results, {
      ...(limit === undefined ? {} : { limit }),
      onProgress: (step) => progress.show(step),
    });
  } finally {
    progress.stop();
    stopListening();
    await features.release();
  }
}

/** One file for everything that makes results comparable. */
function resultsPath(settings: EvalSettings, features: unknown): string {
  const folder = realpathSync(settings.folder);
  const key = digest([programDigest(), features, { ...settings, folder }]);
  return join(stateDir(), 'eval', `${settings.dataset}-${key.slice(0, 16)}.jsonl`);
}

/** @throws SamepointError `BAD_REQUEST` */
function checkFolder(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  const reason = found === undefined ? 'does not exist' : 'is not a folder';
  throw new SamepointError('BAD_REQUEST', `${folder} ${reason}.`, 'Give the folder of the data set.');
}

/** Every result is on disk already, so Ctrl+C ends at once. */
function onInterrupt(explain: () => void): () => void {
  const stop = () => {
    explain();
    process.exit(EXIT_INTERRUPTED);
  };
  process.once('SIGINT', stop);
  return () => process.off('SIGINT', stop);
}

/** As shells have it: 128 and the number of the signal. */
const EXIT_INTERRUPTED = 130;

function toJson(settings: EvalSettings, machine: Machine, { available, items, tables }: Evaluation): string {
  const scores = items.map(({ id, group, score }) => ({ id, group, score }));
  const report = { ...settings, machine, available, evaluated: items.length, tables, items: scores };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function toText({ available, items, tables }: Evaluation): string {
  const part = items.length < available ? `${items.length} of ${available} items, evenly spread.\n` : '';
  return `${part}${tables.map(formatTable).join('\n')}`;
}

function unknownDataset(name: string): SamepointError {
  return new SamepointError(
    'BAD_REQUEST',
    `There is no data set "${name}".`,
    `Choose one of: ${DATASET_NAMES.join(', ')}.`,
  );
}
