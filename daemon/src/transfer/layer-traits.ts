import type { Layer } from '@samepoint/shared-protocol';
import { type Rank, rankAmongPeers } from './reading-order.js';

/** Names that the design tool gave: equal or not, they say nothing. */
const DEFAULT_NAME =
  /^(frame|group|rectangle|ellipse|vector|line|text|component|instance|image|polygon|star|union)\s*\d*$/i;

/** A layer with what it is compared by, made once a layer rather than once a pair. */
export interface LayerTraits {
  layer: Layer;
  /** The words of the name, where a person chose it. */
  name?: ReadonlySet<string>;
  /** The words on it: as one string without what only looks different, and each. */
  text?: { whole: string; words: ReadonlySet<string> };
  rank: Rank;
}

/** @param layers all of one frame, as a layer's rank is one among the others */
export function describeLayers(layers: readonly Layer[]): LayerTraits[] {
  const ranks = rankAmongPeers(layers);
  return layers.map((layer, n) => ({
    layer,
    ...(isChosen(layer) ? { name: wordsOf(layer.name) } : {}),
    ...(layer.text === undefined ? {} : { text: { whole: normalised(layer.text), words: wordsOf(layer.text) } }),
    rank: ranks[n] ?? { index: 0, count: 1 },
  }));
}

/** Share of the words that two have in common (Dice, 1945), 0 to 1. */
export function sharedWords(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  let common = 0;
  for (const word of one) if (other.has(word)) common++;
  return one.size + other.size === 0 ? 0 : (2 * common) / (one.size + other.size);
}

/** Design tools call a text layer by its words until somebody renames it. */
function isChosen({ name, text }: Layer): boolean {
  return name !== '' && !DEFAULT_NAME.test(name) && (text === undefined || normalised(name) !== normalised(text));
}

/** `Save button`, `save-button` and `SaveButton` are the same words. */
function wordsOf(text: string): ReadonlySet<string> {
  const separated = text.normalize('NFKC').replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2');
  return new Set(separated.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [normalised(text)]);
}

function normalised(text: string): string {
  return text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}
