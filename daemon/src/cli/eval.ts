import { SamepointError } from '@samepoint/shared-protocol';
import { Command, Option } from 'commander';
import { ALL_PARTS, type MatchSettings } from '../correspond/match-settings.js';
import { planFeatures } from '../diffusion/feature-plan.js';
import { featureStore } from '../diffusion/feature-store.js';
import { evalPairs } from '../eval/eval-pairs.js';
import {
  backendOption,
  type FeatureOptions,
  keepOffDisk,
  noCacheOption,
  presetOption,
  promptOption,
} from './feature-options.js';

/** Names of the matching's parts on the command line. */
const PARTS = {
  'second-look': 'secondLook',
  'backward-check': 'backwardCheck',
  agreement: 'agreement',
  refinement: 'refinement',
} as const satisfies Record<string, keyof MatchSettings>;
type PartName = keyof typeof PARTS;

const DETAILS = `
Datasets:
  pairs   a folder with images and a pairs.json:
          [{ "source", "target", "sourcePoints": [[x,y]…], "targetPoints": [[x,y]…] }]

PCK is the percentage of points found within a part of the target's longer side.`;

/** `samepoint eval`: how good is the matching on images whose correspondences are known? */
export function evalCommand(): Command {
  return new Command('eval')
    .description('Measure the matching on a data set.')
    .argument('<dataset>', 'pairs')
    .argument('<dir>', 'folder of the data set')
    .addOption(backendOption())
    .addOption(presetOption())
    .addOption(promptOption())
    .addOption(noCacheOption())
    .addOption(
      new Option('--without <parts...>', 'leave parts of the matching out, to see what each is worth').choices(
        Object.keys(PARTS),
      ),
    )
    .option('--json', 'print JSON instead of a table')
    .addHelpText('after', DETAILS)
    .action(runEval);
}

interface EvalOptions extends FeatureOptions {
  without?: PartName[];
  json?: true;
}

async function runEval(dataset: string, folder: string, options: EvalOptions): Promise<void> {
  const { backend, preset, prompt, without = [], json } = options;
  if (dataset !== 'pairs') throw unknown('data set', dataset, ['pairs']);
  const plan = planFeatures({ backend, preset, prompt });
  keepOffDisk(options);
  const settings = { ...ALL_PARTS, refinement: plan.refinement };
  for (const part of without) settings[PARTS[part]] = false;
  const report = await evalPairs(folder, plan, settings, featureStore(), (done, total) => {
    process.stderr.write(`\r${done}/${total} pairs${done === total ? '\n' : ''}`);
  });
  if (json) {
    process.stdout.write(`${JSON.stringify({ dataset, backend, preset, prompt, without, ...report }, null, 2)}\n`);
    return;
  }
  const columns = report.pck.map(({ threshold, percent }) => `PCK@${threshold} ${percent.toFixed(1)} %`);
  process.stdout.write(`${report.pairs} pairs, ${report.points} points: ${columns.join(', ')}\n`);
}

function unknown(what: string, name: string, known: readonly string[]): SamepointError {
  return new SamepointError('BAD_REQUEST', `There is no ${what} "${name}".`, `Choose one of: ${known.join(', ')}.`);
}
