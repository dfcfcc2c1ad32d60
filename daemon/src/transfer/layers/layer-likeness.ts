import type { Layer } from '@samepoint/shared-protocol';
import type { ElementScores } from '../../correspond/match-elements.js';
import { centre, contains, grow, overlap, thicken } from '../transforms/boxes.js';
import type { PlacedRegion } from '../transforms/place-region.js';
import type { Correspondence } from '../transforms/robust-estimator.js';
import { type LayerTraits, sharedWords, type WordsAround } from './layer-traits.js';
import { rankLikeness } from './reading-order.js';

/** Two texts that have no word in common may still be the same label in two languages. */
const DIFFERENT_TEXT = 0.3;

/** Types that become one another as a design is rebuilt: an instance is detached, a group framed, a shape flattened. */
const KINDRED_TYPES: readonly ReadonlySet<string>[] = [
  new Set(['FRAME', 'GROUP', 'COMPONENT', 'INSTANCE', 'SECTION']),
  new Set(['RECTANGLE', 'ELLIPSE', 'VECTOR', 'POLYGON', 'STAR', 'BOOLEAN_OPERATION']),
  new Set(['LINE', 'VECTOR', 'RECTANGLE']),
];
const KINDRED_TYPE = 0.5;

/** Points this far outside a layer still count as in it; part of its shorter side. */
const EDGE = 0.15;

/** Points of a region are each less sure than the region. */
const SHARE_EXPONENT = 0.7;

/** Box cues use the root of the overlap: sizes differ a little even where the place is right. */
const OVERLAP_EXPONENT = 0.5;

/** Boxes are compared as at least this thick, in pixels. */
const MIN_THICKNESS_PX = 4;

/** A source layer with what the pixels say of it. */
export interface QueryLayer {
  traits: LayerTraits;
  /** Where the pixels say it is in the target. */
  placed: PlacedRegion | null;
  /** The matches of its points. */
  correspondences: readonly Correspondence[];
  /** How each candidate looks, where the two pictures were compared. */
  resemblance?: ElementScores | undefined;
}

/** How far the pixels say that the layer became this one, 0 to 1. */
export function imageLikeness({ placed, correspondences }: QueryLayer, candidate: Layer): number {
  if (placed === null || correspondences.length === 0) return 0;
  const shared = placedOverlap(placed, candidate);
  if (shared === 0) return 0;
  const box = thicken(candidate.box, MIN_THICKNESS_PX);
  const reach = grow(box, EDGE * Math.min(box.w, box.h));
  const inside = correspondences.reduce((sum, { target, weight }) => sum + (contains(reach, target) ? weight : 0), 0);
  return (inside / correspondences.length) ** SHARE_EXPONENT * shared;
}

/** Do the place that the pixels give and the layer cover each other? 0 to 1. */
export function placedOverlap({ box }: PlacedRegion, candidate: Layer): number {
  return overlap(thicken(box, MIN_THICKNESS_PX), thicken(candidate.box, MIN_THICKNESS_PX)) ** OVERLAP_EXPONENT;
}

/** Is one the frame itself and the other a layer within? Then nothing of them is alike. */
export function areApart(source: Layer, candidate: Layer): boolean {
  return (source.parentId === undefined) !== (candidate.parentId === undefined);
}

export function typeLikeness({ type }: Layer, { type: other }: Layer): number {
  if (type === other) return 1;
  return KINDRED_TYPES.some((kin) => kin.has(type) && kin.has(other)) ? KINDRED_TYPE : 0;
}

/**
 * Overlap of the two boxes when both are centred on one point.
 * @param scale target pixels a source pixel
 */
export function sizeLikeness(source: Layer, candidate: Layer, scale: number): number {
  const { w, h } = source.box;
  const box = thicken({ x: 0, y: 0, w: w * scale, h: h * scale }, MIN_THICKNESS_PX);
  const other = thicken(candidate.box, MIN_THICKNESS_PX);
  const [from, to] = [centre(box), centre(other)];
  return overlap(box, { ...other, x: other.x + from.x - to.x, y: other.y + from.y - to.y });
}

/** Undefined where either has no words. */
export function textLikeness({ text }: LayerTraits, { text: other }: LayerTraits): number | undefined {
  if (text === undefined || other === undefined) return undefined;
  if (text.whole === other.whole) return 1;
  // the same words in another order are still not the same text
  return DIFFERENT_TEXT + ((1 - DIFFERENT_TEXT) / 2) * sharedWords(text.words, other.words);
}

/** Shares by the two words around: layers of one container have the same, and are many. */
const shares = new WeakMap<WordsAround, WeakMap<WordsAround, number>>();

/**
 * Share of the words around the two that are the same, each by its rarity, of those around the one that has fewer: a container
 * may have been taken apart, or have more in it. Undefined where either has none, and of two texts that differ, which
 * their own words count for.
 */
export function wordsAroundLikeness(source: LayerTraits, candidate: LayerTraits): number | undefined {
  const [words, others] = [source.wordsAround, candidate.wordsAround];
  if (words === undefined || others === undefined) return undefined;
  const [text, other] = [source.text?.whole, candidate.text?.whole];
  if (text !== undefined && other !== undefined && text !== other) return undefined;
  const ofWords = shares.get(words) ?? new WeakMap<WordsAround, number>();
  shares.set(words, ofWords);
  const share = ofWords.get(others) ?? shareOfWords(words, others);
  ofWords.set(others, share);
  return share;
}

/** A word that is in many texts, such as that of a button in each row, tells less. */
function shareOfWords(one: WordsAround, other: WordsAround): number {
  const rarity = (word: string) => 1 / Math.max(one.counts.get(word) ?? 0, other.counts.get(word) ?? 0);
  const sum = (words: readonly string[]) => words.reduce((all, word) => all + rarity(word), 0);
  const common = [...one.words].filter((word) => other.words.has(word));
  // rounding may lift a share above one
  return Math.min(1, sum(common) / Math.min(sum([...one.words]), sum([...other.words])));
}

/** Undefined where nobody named one of them. */
export function nameLikeness({ name }: LayerTraits, { name: other }: LayerTraits): number | undefined {
  return name === undefined || other === undefined ? undefined : sharedWords(name, other);
}

/** Undefined where either is the only one of its kind. */
export function orderLikeness({ rank }: LayerTraits, { rank: other }: LayerTraits): number | undefined {
  return rank.count > 1 && other.count > 1 ? rankLikeness(rank, other) : undefined;
}
