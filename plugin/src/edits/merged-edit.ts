import type { Design, Token, Value } from '../shared/design.js';
import type { AppliedRecord, Operation } from '../shared/operation.js';
import type { Edit } from './edit.js';

/** The layer of the target that corresponds to a source layer. */
export interface Counterpart {
  layerId: string | null;
  confidence: number;
  /** Other candidates, best first. */
  runnersUp: readonly { layerId: string; confidence: number }[];
}

export interface MergeInput {
  base: Design;
  ours: Design;
  edits: readonly Edit[];
  theirs: Design;
  /** By the id of the source layer. A layer that is absent was not asked about, and counts as not found. */
  counterparts: { readonly [sourceLayerId: string]: Counterpart };
  /** What earlier runs wrote to this target. */
  applied: readonly AppliedRecord[];
}

/** Why an edit cannot be written to this layer. */
export type Obstacle =
  /** Only the main component can be changed so. */
  | { code: 'main-component'; component: Token | null }
  /** The counterpart has no such property. */
  | { code: 'unsupported'; property: string }
  /** The auto layout of the parent decides position or size of the counterpart. */
  | { code: 'auto-layout' }
  /** The parent of the layer to add or move has no counterpart. */
  | { code: 'parent-missing' };

/** What happens to one edit in one target: a row of the merge table. */
export type Outcome =
  /** `include`: by default from the threshold on, only at high confidence, or never. */
  | { kind: 'change'; operation: Operation; include: 'confident' | 'sure' | 'never' }
  | { kind: 'already-so' }
  /** The target says something else; `ours` would replace it, `proposal` keeps to the target's own colours. */
  | { kind: 'conflict'; theirs: Value; ours: Operation; proposal: Operation | null }
  /** The target keeps its own token, which is the counterpart of base's. `ours` would replace it. */
  | { kind: 'kept'; token: Token; ours: Operation }
  | { kind: 'blocked'; obstacle: Obstacle }
  | { kind: 'missing' };

export interface MergedEdit {
  edit: Edit;
  /** The counterpart of the edited layer, of `add` that of the parent; null for none. */
  layerId: string | null;
  /** Of the counterparts that it depends on, and of the edit itself. */
  confidence: number;
  outcome: Outcome;
  /** The source has the edit no more, but an earlier run wrote it: the change takes it back, and is off. */
  isTakenBack?: true;
}
