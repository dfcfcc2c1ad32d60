import type { Evidence, Layer, LayerCue } from '@samepoint/shared-protocol';
import { centre, contains, grow, overlap, thicken } from './boxes.js';
import type { Correspondence } from './fit-similarity.js';
import { type LayerTraits, sharedWords } from './layer-traits.js';
import type { PlacedRegion } from './place-region.js';
import { rankLikeness } from './reading-order.js';

/** How much each kind of cue weighs; kinds that say nothing are left out and the others share their weight. */
const WEIGHTS = { image: 0.55, structure: 0.2, text: 0.25 };

/** The same among the cues of structure. Order decides between equals and no more, as whole sections may move. */
const STRUCTURE_WEIGHTS = { type: 0.4, size: 0.3, name: 0.3, order: 0.05 };

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

/** How alike two layers are, and why. */
export interface Likeness {
  score: number;
  evidence: Evidence;
  /** Those that say something; `score` is the sum of values times weights. */
  cues: readonly LayerCue[];
}

/** A source layer with what the pixels say of it. */
export interface SoughtLayer {
  traits: LayerTraits;
  /** Where the pixels say it is in the target. */
  placed: PlacedRegion | null;
  /** The matches of its points. */
  correspondences: readonly Correspondence[];
}

export function compareLayers(sought: SoughtLayer, candidate: LayerTraits): Likeness {
  const cues = weighCues(sought, candidate);
  const image = imageCue(sought, candidate.layer);
  const structure = weightedMean(cues.filter(({ cue }) => cue !== 'image' && cue !== 'text'));
  const text = textEvidence(sought.traits, candidate);
  return {
    score: scoreOf(cues),
    evidence: { image, structure, ...(text === undefined ? {} : { text }) },
    cues,
  };
}

/** The score alone, as all pairs need no more. */
export function scoreLayers(sought: SoughtLayer, candidate: LayerTraits): number {
  return scoreOf(weighCues(sought, candidate));
}

function scoreOf(cues: readonly LayerCue[]): number {
  // rounding may lift a mean of ones above one
  return Math.min(
    1,
    cues.reduce((sum, { value, weight }) => sum + value * weight, 0),
  );
}

/** All cues that say something of the two; the weights add up to one. */
function weighCues(sought: SoughtLayer, candidate: LayerTraits): LayerCue[] {
  const { traits, correspondences } = sought;
  const structure = structureCues(traits, candidate);
  const structureWeight = structure.reduce((sum, { weight }) => sum + weight, 0);
  const text = textCue(traits, candidate);
  const cues: LayerCue[] = [
    // a layer outside the picture has no pixels that could speak for or against
    ...(correspondences.length === 0
      ? []
      : [{ cue: 'image' as const, value: imageCue(sought, candidate.layer), weight: WEIGHTS.image }]),
    ...(text === undefined ? [] : [{ cue: 'text' as const, value: text, weight: WEIGHTS.text }]),
    ...structure.map((each) => ({ ...each, weight: (each.weight / structureWeight) * WEIGHTS.structure })),
  ];
  const total = cues.reduce((sum, { weight }) => sum + weight, 0);
  return cues.map((each) => ({ ...each, weight: each.weight / total }));
}

function imageCue({ placed, correspondences }: SoughtLayer, candidate: Layer): number {
  if (placed === null || correspondences.length === 0) return 0;
  const box = thicken(candidate.box, MIN_THICKNESS_PX);
  const shared = overlap(thicken(placed.box, MIN_THICKNESS_PX), box);
  if (shared === 0) return 0;
  const reach = grow(box, EDGE * Math.min(box.w, box.h));
  const inside = correspondences.reduce((sum, { target, weight }) => sum + (contains(reach, target) ? weight : 0), 0);
  return (inside / correspondences.length) ** SHARE_EXPONENT * shared ** OVERLAP_EXPONENT;
}

/** The frame itself is not one of the layers within: nothing of it is alike. */
function structureCues(source: LayerTraits, candidate: LayerTraits): LayerCue[] {
  const isApart = (source.layer.parentId === undefined) !== (candidate.layer.parentId === undefined);
  const cue = (cue: keyof typeof STRUCTURE_WEIGHTS, value: number): LayerCue => ({
    cue,
    value: isApart ? 0 : value,
    weight: STRUCTURE_WEIGHTS[cue],
  });
  const isOneOfMany = source.rank.count > 1 && candidate.rank.count > 1;
  return [
    cue('type', typeLikeness(source.layer.type, candidate.layer.type)),
    cue('size', sizeLikeness(source.layer, candidate.layer)),
    ...(source.name === undefined || candidate.name === undefined
      ? []
      : [cue('name', sharedWords(source.name, candidate.name))]),
    ...(isOneOfMany ? [cue('order', rankLikeness(source.rank, candidate.rank))] : []),
  ];
}

function typeLikeness(type: string, other: string): number {
  if (type === other) return 1;
  return KINDRED_TYPES.some((kin) => kin.has(type) && kin.has(other)) ? KINDRED_TYPE : 0;
}

/** Overlap of the two boxes when both are centred on one point. */
function sizeLikeness(source: Layer, candidate: Layer): number {
  const box = thicken(source.box, MIN_THICKNESS_PX);
  const other = thicken(candidate.box, MIN_THICKNESS_PX);
  const from = centre(box);
  const to = centre(other);
  return overlap(box, { ...other, x: other.x + from.x - to.x, y: other.y + from.y - to.y });
}

function textCue(source: LayerTraits, candidate: LayerTraits): number | undefined {
  if (source.text === undefined || candidate.text === undefined) return undefined;
  if (source.text.whole === candidate.text.whole) return 1;
  // the same words in another order are still not the same text
  return DIFFERENT_TEXT + ((1 - DIFFERENT_TEXT) / 2) * sharedWords(source.text.words, candidate.text.words);
}

function textEvidence(source: LayerTraits, candidate: LayerTraits): Evidence['text'] {
  if (source.text === undefined || candidate.text === undefined) return undefined;
  return source.text.whole === candidate.text.whole ? 'equal' : 'different';
}

function weightedMean(cues: readonly LayerCue[]): number {
  const total = cues.reduce((sum, { weight }) => sum + weight, 0);
  return Math.min(1, cues.reduce((sum, { weight, value }) => sum + weight * value, 0) / total);
}
