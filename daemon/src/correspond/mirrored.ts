import type { FeaturePyramid } from '../diffusion/feature-pyramid.js';
import { preparePair } from './anchors.js';
import type { MatchSettings } from './match-settings.js';
import type { Matcher } from './matcher.js';

/** What the anchors of a mirrored source have to agree on, and by how much more than those of the source itself. */
const MIRRORED = { consensus: 0.1, factor: 1.5 } as const;

/** Does the target rather show the source mirrored? A hint for people: nothing is ever mirrored on its account. */
export interface MirroredHint {
  mirrored: boolean;
  /** How well the anchors agree with the source as it is, and with the source mirrored: 0 to 1. */
  consensus: number;
  mirroredConsensus: number;
}

/**
 * Left and right are confused by all these features (Zhang et al., Telling Left from Right, 2024), and interfaces written
 * from right to left are laid out mirrored. Costs the features of one more image and the preparation of two pairs.
 * @param mirroredSource features of the source image with left and right exchanged
 */
export async function looksMirrored(
  matcher: Matcher,
  source: FeaturePyramid,
  mirroredSource: FeaturePyramid,
  target: FeaturePyramid,
  settings: MatchSettings,
): Promise<MirroredHint> {
  const { consensus } = await preparePair(matcher, source, target, settings);
  const { consensus: mirroredConsensus } = await preparePair(matcher, mirroredSource, target, settings);
  const mirrored = mirroredConsensus >= MIRRORED.consensus && mirroredConsensus >= MIRRORED.factor * consensus;
  return { mirrored, consensus, mirroredConsensus };
}
