import type { Layer } from '@samepoint/shared-protocol';
import { median } from '../transforms/robust-estimator.js';
import {
  areApart,
  imageLikeness,
  nameLikeness,
  orderLikeness,
  placedOverlap,
  type QueryLayer,
  sizeLikeness,
  typeLikeness,
  wordsAroundLikeness,
} from './layer-likeness.js';
import { type ReferenceContext, referenceContext, referenceOdds } from './layer-references.js';
import { hasLetters, type LayerTraits, sharedWords } from './layer-traits.js';

/**
 * What each sign adds to the log odds that two layers are the same, before anything is known of the others; tried out on
 * the documents and drawn screens of `npm run bench -- layer-accuracy`.
 */
export const ODDS = {
  bias: -1.5,
  /** By how well the places of its points agree, 0 to 1, and less where the two are compared as well. */
  image: 7,
  imageCompared: 1,
  /** By how sure the points are of another place, and again less. */
  elsewhere: -2,
  elsewhereCompared: -1,
  /** Where they know no place and the two were not compared: by how little of the screen is known from the other at all. */
  nowhere: -4,
  /** Where the two resemble each other, and nothing else resembles either. */
  lookalike: 5,
  /** By the log of how probable that makes them the same … */
  resemblance: 0.6,
  /** … down to this. */
  unlike: -6,
  equalText: 3,
  /** More where no other layer of either screen says the same, and yet more of words where the other texts are kept. */
  onlyEqualText: 5,
  onlyEqualTextKept: 5,
  /** By the share of words that differ, where the other texts are kept: in another language, this says nothing. */
  otherText: -6,
  /** Besides, where one of the two has words that both screens have once, and the other has not. */
  textElsewhere: -10,
  /** By how many of the words around the two are the same, where the other texts are kept, and how many are not. */
  sameAround: 4,
  otherAround: -10,
  kindredType: -1,
  otherType: -4,
  size: 2,
  name: 1,
  otherName: -1,
  order: 0.5,
  /** The frame itself is not one of the layers within. */
  frameWithin: -8,
} as const;

/** A layer outside the picture, or one that no points were matched for, has no pixels that could speak for or against. */
const NO_PIXELS = 0.4;

/** Matches with less confidence than this do not say how much larger the target is. */
const SURE = 0.3;

/** Where nothing can be said of the order. */
const NO_ORDER = 0.5;

/** What is known of the two screens as wholes. */
export interface Scene {
  /** Target pixels a source pixel. */
  scale: number;
  /** The target's longer side. */
  targetSidePx: number;
  /** Share of the source's texts that the target has as well; numbers do not count. */
  textsKept: number;
  /** How much of the source is known from the target at all: by the pixels or by the texts, whichever says more. */
  familiarity: number;
  /** Texts that each of the two screens has once. */
  onlyTexts: ReadonlySet<string>;
  references: ReferenceContext | null;
}

/** @param sources all layers of the source, whether they are sought or not */
export function describeScene(
  sought: readonly QueryLayer[],
  sources: readonly LayerTraits[],
  candidates: readonly LayerTraits[],
  targetSidePx: number,
): Scene {
  const [here, there] = [countTexts(sources), countTexts(candidates)];
  const kept = [...here.keys()].filter((text) => there.has(text));
  const lettered = [...here.keys()].filter(hasLetters).length;
  const textsKept = lettered === 0 ? 0 : kept.filter(hasLetters).length / lettered;
  const matched = sought.filter(({ correspondences }) => correspondences.length > 0);
  const found = matched.reduce((sum, { placed }) => sum + (placed?.confidence ?? 0), 0) / Math.max(1, matched.length);
  return {
    scale: scaleOf(sought),
    targetSidePx,
    textsKept,
    familiarity: Math.max(found, textsKept),
    onlyTexts: new Set(kept.filter((text) => here.get(text) === 1 && there.get(text) === 1)),
    references: referenceContext(sources, candidates),
  };
}

/**
 * Log odds that the two are the same, by what they are and by their pixels.
 * @param resemblance log probability by how the candidate looks; NaN where that is not known
 */
export function ownOdds(sought: QueryLayer, candidate: LayerTraits, resemblance: number, scene: Scene): number {
  const { traits } = sought;
  return (
    ODDS.bias +
    pixelOdds(sought, candidate.layer, resemblance, scene) +
    textOdds(traits, candidate, scene) +
    aroundOdds(traits, candidate, scene) +
    nameOdds(traits, candidate) +
    typeOdds(traits.layer, candidate.layer) +
    ODDS.size * sizeLikeness(traits.layer, candidate.layer, scene.scale) +
    ODDS.order * (orderLikeness(traits, candidate) ?? NO_ORDER) +
    referenceOdds(traits.references, candidate.references, scene.references)
  );
}

function pixelOdds(sought: QueryLayer, candidate: Layer, resemblance: number, { familiarity }: Scene): number {
  const { correspondences, placed } = sought;
  const isCompared = !Number.isNaN(resemblance);
  const look = isCompared ? resemblanceOdds(resemblance) : 0;
  if (correspondences.length === 0) return isCompared ? look : ODDS.image * NO_PIXELS;
  if (placed === null) return isCompared ? look : ODDS.nowhere * (1 - familiarity);
  const [image, elsewhere] = isCompared ? [ODDS.imageCompared, ODDS.elsewhereCompared] : [ODDS.image, ODDS.elsewhere];
  const off = 1 - placedOverlap(placed, candidate);
  return look + image * imageLikeness(sought, candidate) + elsewhere * placed.confidence * off;
}

/** @param resemblance a log probability */
export function resemblanceOdds(resemblance: number): number {
  return Math.max(ODDS.unlike, ODDS.lookalike + ODDS.resemblance * resemblance);
}

function textOdds({ text }: LayerTraits, { text: other }: LayerTraits, { textsKept, onlyTexts }: Scene): number {
  if (text === undefined || other === undefined) return 0;
  if (text.whole === other.whole) {
    const only = ODDS.onlyEqualText + (hasLetters(text.whole) ? ODDS.onlyEqualTextKept * textsKept : 0);
    return ODDS.equalText + (onlyTexts.has(text.whole) ? only : 0);
  }
  const isElsewhere = [text.whole, other.whole].some((whole) => onlyTexts.has(whole) && hasLetters(whole));
  const differ = ODDS.otherText * (1 - sharedWords(text.words, other.words));
  return textsKept * (differ + (isElsewhere ? ODDS.textElsewhere : 0));
}

function aroundOdds(source: LayerTraits, candidate: LayerTraits, { textsKept }: Scene): number {
  if (textsKept === 0) return 0;
  const shared = wordsAroundLikeness(source, candidate);
  return shared === undefined ? 0 : textsKept * (ODDS.sameAround * shared + ODDS.otherAround * (1 - shared));
}

function nameOdds(source: LayerTraits, candidate: LayerTraits): number {
  const likeness = nameLikeness(source, candidate);
  if (likeness === undefined) return 0;
  return likeness > 0 ? ODDS.name * likeness : ODDS.otherName;
}

function typeOdds(source: Layer, candidate: Layer): number {
  if (areApart(source, candidate)) return ODDS.frameWithin;
  const likeness = typeLikeness(source, candidate);
  if (likeness === 1) return 0;
  return likeness > 0 ? ODDS.kindredType : ODDS.otherType;
}

function scaleOf(sought: readonly QueryLayer[]): number {
  const sure = sought.flatMap(({ correspondences }) => correspondences.filter(({ weight }) => weight > SURE));
  return sure.length === 0 ? 1 : median(sure.map(({ scale }) => scale));
}

function countTexts(layers: readonly LayerTraits[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { text } of layers) if (text !== undefined) counts.set(text.whole, (counts.get(text.whole) ?? 0) + 1);
  return counts;
}
