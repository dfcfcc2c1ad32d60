import type { IconSetId } from './icons/icons.js';

/** Validation uses styles and components that training never does. */
export type Split = 'train' | 'validation';

export const SPLITS: readonly Split[] = ['train', 'validation'];

export const HELD_OUT = {
  languages: ['brutalist', 'fluent', 'soft'],
  icons: ['ion', 'ph', 'fluent'],
  components: [
    'accordion',
    'article',
    'chat',
    'donut-chart',
    'file-list',
    'keypad',
    'music-player',
    'pricing',
    'timeline',
    'wallet',
    'weather',
  ],
} as const satisfies { languages: readonly string[]; icons: readonly IconSetId[]; components: readonly string[] };

/** Members of a list for a split: held-out ones in validation, the others in training. */
export function allowed<T extends string>(split: Split, all: readonly T[], heldOut: readonly string[]): T[] {
  return all.filter((id) => heldOut.includes(id) === (split === 'validation'));
}
