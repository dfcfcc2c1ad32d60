import { estimatorSchema, matchingChoiceSchema, transformChoiceSchema } from '@samepoint/shared-protocol';
import { Option } from 'commander';
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

/** Stages that are off by default and that a request can switch on, with their fields in the request. */
const OPTIONAL_STAGES = { 'coarse-to-fine': 'withCloserLook' } as const satisfies Partial<Record<StageName, string>>;
export type OptionalStage = keyof typeof OPTIONAL_STAGES;

/** Fields of a request that switch on optional stages. */
export interface MatchingFlags {
  withCloserLook?: true;
}

export function matchingFlags(stages: readonly OptionalStage[] = []): MatchingFlags {
  return Object.fromEntries(stages.map((stage) => [OPTIONAL_STAGES[stage], true]));
}

/** `--with` of the commands that send requests. */
export function optionalStagesOption(): Option {
  return new Option('--with <stages...>', 'optional matching stages').choices(Object.keys(OPTIONAL_STAGES));
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
