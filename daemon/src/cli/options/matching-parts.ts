import { Option } from 'commander';
import type { MatchPart } from '../../correspond/match-settings.js';

/** Names of the matching's parts on the command line. */
export const PARTS = {
  'second-look': 'secondLook',
  'backward-check': 'backwardCheck',
  agreement: 'agreement',
  refinement: 'refinement',
  'closer-look': 'closerLook',
} as const satisfies Record<string, MatchPart>;
export type PartName = keyof typeof PARTS;

/** Those that a request can ask for, by their fields in it. */
const ASKED = { 'closer-look': 'withCloserLook' } as const satisfies Partial<Record<PartName, string>>;
export type AskedPart = keyof typeof ASKED;

export function withPartsOption(): Option {
  return new Option('--with <parts...>', 'optional stages of the matching: refine positions coarse-to-fine').choices(
    Object.keys(ASKED),
  );
}

/** The fields of a request that ask for these parts. */
export function askedParts(parts: readonly AskedPart[] = []): { withCloserLook?: true } {
  return Object.fromEntries(parts.map((part) => [ASKED[part], true]));
}
