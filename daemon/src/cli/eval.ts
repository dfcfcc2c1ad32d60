import { SamepointError } from '@samepoint/shared-protocol';
import { Command, Option } from 'commander';
import { ALL_PARTS, type MatchSettings } from '../correspond/match-settings.js';
import { isBackendId, PRESETS } from '../diffusion/presets.js';
import { evalPairs } from '../eval/eval-pairs.js';

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
    .option('--backend <id>', `features to match with: ${Object.keys(PRESETS).join(', ')}`, 'ui')
    .addOption(
      new Option('--without <parts...>', 'leave parts of the matching out, to see what each is worth').choices(
        Object.keys(PARTS),
      ),
    )
    .option('--json', 'print JSON instead of a table')
    .addHelpText('after', DETAILS)
    .action(runEval);
}

interface EvalOptions {
  backend: string;
  without?: PartName[];
  json?: true;
}

async function runEval(dataset: string, folder: string, { backend, without = [], json }: EvalOptions): Promise<void> {
  if (dataset !== 'pairs') throw unknown('data set', dataset, ['pairs']);
  if (!isBackendId(backend)) throw unknown('backend', backend, Object.keys(PRESETS));
  const settings = { ...ALL_PARTS };
  for (const part of without) settings[PARTS[part]] = false;
  const report = await evalPairs(folder, backend, settings, (done, total) => {
    process.stderr.write(`\r${done}/${total} pairs${done === total ? '\n' : ''}`);
  });
  if (json) {
    process.stdout.write(`${JSON.stringify({ dataset, backend, without, ...report }, null, 2)}\n`);
    return;
  }
  const columns = report.pck.map(({ threshold, percent }) => `PCK@${threshold} ${percent.toFixed(1)} %`);
  process.stdout.write(`${report.pairs} pairs, ${report.points} points: ${columns.join(', ')}\n`);
}

function unknown(what: string, name: string, known: readonly string[]): SamepointError {
  return new SamepointError('BAD_REQUEST', `There is no ${what} "${name}".`, `Choose one of: ${known.join(', ')}.`);
}
