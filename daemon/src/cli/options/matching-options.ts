import { estimatorSchema, matchingChoiceSchema, transformChoiceSchema } from '@samepoint/shared-protocol';
import { type Command, Option } from 'commander';
import type { MatchStage } from '../../correspond/match-settings.js';

/** Stages of Samepoint's own matching, by their names on the command line. */
export const MATCHING_STAGES = {
  'multi-scale': 'multiScale',
  'cycle-consistency': 'cycleConsistency',
  consensus: 'consensus',
  'sub-cell': 'subCell',
  'coarse-to-fine': 'coarseToFine',
} as const satisfies Record<string, MatchStage>;
export type StageName = keyof typeof MATCHING_STAGES;

/** `--with` and `--without` of the commands that send requests; `inspect` has only `--without`. */
export interface StageOptions {
  with?: 'coarse-to-fine';
  without?: 'coarse-to-fine';
}

const HEADING = 'Matching:';

/** Adds options of the matching, under a heading of their own. */
export function withMatchingOptions(command: Command, ...options: readonly Option[]): Command {
  for (const option of options) command.addOption(option.helpGroup(HEADING));
  return command;
}

/** The fields of a request that choose stages. */
export function requestedStages({ with: added, without }: StageOptions): { coarseToFine?: boolean } {
  if (added === undefined && without === undefined) return {};
  return { coarseToFine: without === undefined };
}

const REQUEST_STAGES = ['coarse-to-fine'];

export function withStageOption(): Option {
  const option = new Option('--with <stage>', 'refine boxes and layers too, not only points');
  return option.choices(REQUEST_STAGES).conflicts('without');
}

export function withoutStageOption(): Option {
  return new Option('--without <stage>', 'do not refine points').choices(REQUEST_STAGES);
}

/** `--with` and `--without` of an evaluation, for ablations. */
export function stageOptions(): Option[] {
  const stages = Object.keys(MATCHING_STAGES);
  return [
    new Option('--with <stages...>', "stages of Samepoint's matching to add").choices(stages),
    new Option('--without <stages...>', "stages of Samepoint's matching to leave out").choices(stages),
  ];
}

/** @param defaults when which kind is the default */
export function matchingOption(defaults: string): Option {
  return new Option(
    '--matching <kind>',
    `published protocol, or Samepoint's own matching (default: ${defaults})`,
  ).choices(matchingChoiceSchema.options);
}

/** Options of the commands that fit one transform between images. */
export function fitOptions(): Option[] {
  return [
    new Option(
      '--transform <kind>',
      'transform to fit; auto picks the simplest that explains the matches (default: auto)',
    ).choices(transformChoiceSchema.options),
    new Option('--estimator <name>', 'robust estimator (default: magsac)').choices(estimatorSchema.options),
  ];
}
