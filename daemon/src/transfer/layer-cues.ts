import type { Evidence, Layer } from '@samepoint/shared-protocol';
import { centre, contains, grow, overlap, thicken } from './boxes.js';
import type { Correspondence } from './fit-similarity.js';
import type { PlacedRegion } from './place-region.js';

/** How much each cue weighs; cues that say nothing are left out and the others share their weight. */
const WEIGHTS = { image: 0.55, structure: 0.2, text: 0.25 };

/** Two texts that differ may still be the same label in two languages or versions. */
const DIFFERENT_TEXT = 0.3;

const STRUCTURE_WEIGHTS = { type: 0.4, size: 0.3, name: 0.3 };

/** Names that the design tool gave: equal or not, they say nothing. */
const DEFAULT_NAME =
  /^(frame|group|rectangle|ellipse|vector|line|text|component|instance|image|polygon|star|union)\s*\d*$/i;

/** Points this far outside a layer still count as in it; part of its shorter side. */
const EDGE = 0.15;

/** Box cues use the root of the overlap: sizes differ a little even where the place is right. */
const OVERLAP_EXPONENT = 0.5;

/** Boxes are compared as at least this thick, in pixels. */
const MIN_THICKNESS_PX = 4;

/** How alike two layers are, and why. */
export interface Likeness {
  score: number;
  evidence: Evidence;
}

/**
 * @param placed where the pixels say the source layer is in the target
 * @param matches the matches of the source layer's points
 */
export function compareLayers(
  source: Layer,
  candidate: Layer,
  placed: PlacedRegion | null,
  matches: readonly Correspondence[],
): Likeness {
  const image = imageCue(candidate, placed, matches);
  const structure = structureCue(source, candidate);
  const text = textCue(source, candidate);
  const cues = [
    // a layer outside the picture has no pixels that could speak for or against
    ...(matches.length === 0 ? [] : [{ weight: WEIGHTS.image, value: image }]),
    { weight: WEIGHTS.structure, value: structure },
    ...(text === undefined ? [] : [{ weight: WEIGHTS.text, value: text === 'equal' ? 1 : DIFFERENT_TEXT }]),
  ];
  return { score: weightedMean(cues), evidence: { image, structure, ...(text === undefined ? {} : { text }) } };
}

function imageCue(candidate: Layer, placed: PlacedRegion | null, matches: readonly Correspondence[]): number {
  const box = thicken(candidate.box, MIN_THICKNESS_PX);
  const reach = grow(box, EDGE * Math.min(box.w, box.h));
  const inside = matches.reduce((sum, { target, weight }) => sum + (contains(reach, target) ? weight : 0), 0);
  const share = matches.length === 0 ? 0 : inside / matches.length;
  return placed === null ? 0 : share * overlap(thicken(placed.box, MIN_THICKNESS_PX), box) ** OVERLAP_EXPONENT;
}

function structureCue(source: Layer, candidate: Layer): number {
  if ((source.parentId === undefined) !== (candidate.parentId === undefined)) return 0;
  const named = !DEFAULT_NAME.test(source.name) && !DEFAULT_NAME.test(candidate.name);
  return weightedMean([
    { weight: STRUCTURE_WEIGHTS.type, value: source.type === candidate.type ? 1 : 0 },
    { weight: STRUCTURE_WEIGHTS.size, value: sizeLikeness(source, candidate) },
    ...(named ? [{ weight: STRUCTURE_WEIGHTS.name, value: source.name === candidate.name ? 1 : 0 }] : []),
  ]);
}

/** Overlap of the two boxes when both are centred on one point. */
function sizeLikeness(source: Layer, candidate: Layer): number {
  const box = thicken(source.box, MIN_THICKNESS_PX);
  const other = thicken(candidate.box, MIN_THICKNESS_PX);
  const from = centre(box);
  const to = centre(other);
  return overlap(box, { ...other, x: other.x + from.x - to.x, y: other.y + from.y - to.y });
}

function textCue(source: Layer, candidate: Layer): Evidence['text'] {
  if (source.text === undefined || candidate.text === undefined) return undefined;
  return normalised(source.text) === normalised(candidate.text) ? 'equal' : 'different';
}

function normalised(text: string): string {
  return text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}

function weightedMean(cues: readonly { weight: number; value: number }[]): number {
  const total = cues.reduce((sum, { weight }) => sum + weight, 0);
  return cues.reduce((sum, { weight, value }) => sum + weight * value, 0) / total;
}
