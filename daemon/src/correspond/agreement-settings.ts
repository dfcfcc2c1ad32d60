/** How candidates are weighed by their similarity and by what is around them (`agreement.ts`). */
export const AGREEMENT = {
  /** Similarity that changes the odds by a factor e. */
  temperature: 0.05,
  /** Logarithm of the odds that a closed cycle adds. */
  cycleGain: 1,
  /** Exponent of the neighbours' vote. */
  agreementGain: 2,
  /** Consensus of the anchors up to which they have no say in the places of other points, and from which they have all. */
  trust: { from: 0.05, to: 0.13 },
  /**
   * Left and right are taken to be exchanged where the anchors' consensus is then at least `atLeast`, and `from` times what it is
   * without: it is never nothing, as what lies above and below says the same either way. Not asked where it is beyond
   * `upTo` as things are, nor of images less broad than `breadth` of their longer side, where left and right are near.
   */
  mirrored: { from: 0.33, atLeast: 0.04, upTo: 0.4, breadth: 0.2 },
  /** Vote below which neighbours say nothing. */
  floor: 0.02,
  rounds: 3,
  nearNeighbours: 32,
  farNeighbours: 16,
  /** Distance at which a neighbour's vote fades, as part of the source's longer side; never quite to nothing. */
  reach: 0.25,
  farWeight: 0.05,
  /** How far a prediction may be off: part of the target's longer side, plus part of the distance. */
  slack: 0.015,
  scaleUncertainty: 0.2,
  /** Squared deviations, in variances, beyond which a vote is nothing. */
  negligible: 25,
  /** Beliefs below this do not vote. */
  minBelief: 0.05,
} as const;
