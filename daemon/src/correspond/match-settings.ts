/** The parts of the matching that can be left out, to see what each is worth. */
export interface MatchSettings {
  /** Look at both images at several sizes, not at one. */
  secondLook: boolean;
  /** Prefer matches whose backward match returns. */
  backwardCheck: boolean;
  /** Let the matches of neighbours choose among candidates. */
  agreement: boolean;
  /** Sub-cell position by window soft-argmax. */
  refinement: boolean;
}

export const ALL_PARTS: MatchSettings = { secondLook: true, backwardCheck: true, agreement: true, refinement: true };
