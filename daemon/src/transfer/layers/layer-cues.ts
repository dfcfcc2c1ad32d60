import type { Evidence, LayerCue } from '@samepoint/shared-protocol';
import { LAYER_AGREEMENT } from './agree-on-layers.js';
import {
  areApart,
  imageLikeness,
  nameLikeness,
  orderLikeness,
  type QueryLayer,
  sizeLikeness,
  textLikeness,
  typeLikeness,
  wordsAroundLikeness,
} from './layer-likeness.js';
import { ODDS, resemblanceOdds, type Scene } from './layer-odds.js';
import type { LayerTraits } from './layer-traits.js';

/** The log odds that each cue can move, but for those of pixels and words, which depend. */
const SAY: { readonly [cue in Exclude<LayerCue['cue'], 'image' | 'text'>]: number } = {
  type: -ODDS.otherType,
  size: ODDS.size,
  name: ODDS.name - ODDS.otherName,
  order: ODDS.order,
  neighbours: LAYER_AGREEMENT.context,
};

/** Cues of what a layer is, without its pixels and words. */
const STRUCTURE: readonly LayerCue['cue'][] = ['type', 'size', 'name', 'order'];

/** How alike two layers are, and why. */
export interface Likeness {
  evidence: Evidence;
  /** Those that say something; the weights add up to one. */
  cues: readonly LayerCue[];
}

/**
 * @param resemblance log probability by how the candidate looks; NaN where that is not known
 * @param support share of the layer's companions that lie beside the candidate
 */
export function compareLayers(
  sought: QueryLayer,
  candidate: LayerTraits,
  resemblance: number,
  { scale, textsKept }: Pick<Scene, 'scale' | 'textsKept'>,
  support: number,
): Likeness {
  const { traits, correspondences } = sought;
  // rounding may lift the likeness of equal layers above one
  const image = Math.min(1, pixelLikeness(imageLikeness(sought, candidate.layer), resemblance));
  const isApart = areApart(traits.layer, candidate.layer);
  const unlessApart = (likeness: number | undefined) => (isApart && likeness !== undefined ? 0 : likeness);
  const values: { readonly [cue in LayerCue['cue']]: number | undefined } = {
    // a layer outside the picture has no pixels that could speak for or against
    image: correspondences.length === 0 ? undefined : image,
    text: textLikeness(traits, candidate) ?? (textsKept === 0 ? undefined : wordsAroundLikeness(traits, candidate)),
    type: unlessApart(typeLikeness(traits.layer, candidate.layer)),
    size: unlessApart(sizeLikeness(traits.layer, candidate.layer, scale)),
    name: unlessApart(nameLikeness(traits, candidate)),
    order: unlessApart(orderLikeness(traits, candidate)),
    neighbours: support,
  };
  const say = {
    image: Number.isNaN(resemblance) ? ODDS.image : ODDS.imageCompared + ODDS.lookalike - ODDS.unlike,
    text: sayOfWords(traits, candidate, textsKept),
    ...SAY,
  };
  const said = (Object.keys(say) as LayerCue['cue'][]).flatMap((cue) => {
    const value = values[cue];
    return value === undefined ? [] : [{ cue, value, weight: say[cue] }];
  });
  const total = said.reduce((sum, { weight }) => sum + weight, 0);
  const structure = weightedMean(said.filter(({ cue }) => STRUCTURE.includes(cue)));
  const text = textEvidence(traits, candidate);
  return {
    evidence: { image, structure, ...(text === undefined ? {} : { text }) },
    cues: said.map((one) => ({ ...one, weight: one.weight / total })),
  };
}

/** Of two texts by what is on them, of other layers by the words around. */
function sayOfWords({ text }: LayerTraits, { text: other }: LayerTraits, textsKept: number): number {
  if (text !== undefined && other !== undefined) return ODDS.equalText + ODDS.onlyEqualText;
  return textsKept * (ODDS.sameAround - ODDS.otherAround);
}

/** How well the pixels agree, by where points are found and, where that is known, by how the two look. */
function pixelLikeness(image: number, resemblance: number): number {
  if (Number.isNaN(resemblance)) return image;
  return (
    (ODDS.imageCompared * image + Math.max(0, resemblanceOdds(resemblance))) / (ODDS.imageCompared + ODDS.lookalike)
  );
}

function textEvidence(source: LayerTraits, candidate: LayerTraits): Evidence['text'] {
  if (source.text === undefined || candidate.text === undefined) return undefined;
  return source.text.whole === candidate.text.whole ? 'equal' : 'different';
}

function weightedMean(cues: readonly LayerCue[]): number {
  const total = cues.reduce((sum, { weight }) => sum + weight, 0);
  // rounding may lift a mean of ones above one
  return Math.min(1, cues.reduce((sum, { weight, value }) => sum + weight * value, 0) / total);
}
