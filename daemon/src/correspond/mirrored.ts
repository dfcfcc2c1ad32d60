import type { MirroredHint } from '@samepoint/shared-protocol';
import type { AnchorField } from './agreement.js';

/** What the anchors of a mirrored source have to agree on, and by how much more than those of the source itself. */
const MIRRORED = { consensus: 0.1, factor: 1.5 } as const;

/**
 * Left and right are confused by all these features (Zhang et al., Telling Left from Right, 2024), and interfaces written
 * from right to left are laid out mirrored. A hint for people: nothing is ever mirrored on its account.
 * @param asIs what `preparePair` gave for the source and the target
 * @param mirrored the same for the source with left and right exchanged
 */
export function mirroredHint(asIs: AnchorField, mirrored: AnchorField): MirroredHint {
  const [consensus, mirroredConsensus] = [Math.min(1, asIs.consensusAsIs), Math.min(1, mirrored.consensusAsIs)];
  return {
    mirrored: mirroredConsensus >= MIRRORED.consensus && mirroredConsensus >= MIRRORED.factor * consensus,
    consensus,
    mirroredConsensus,
  };
}
