import type { LayerRef, Operation } from '../../../shared/operation.js';

/** A write whose nodes, fonts, styles, variables and components are loaded. */
export interface ReadyWrite {
  operation: Operation;
  /** The layer of the target; of `add` the original. If it was deleted by now, the write is left out. */
  node: SceneNode;
  /** Where `add`, `reorder` and `reparent` put it. */
  parent?: Referred;
  write: (run: TargetRun) => void;
}

/** What the writes to one target share. */
export class TargetRun {
  /** Copies that `add` made, also of nested layers, by the ids of the originals. */
  readonly copies = new Map<string, SceneNode>();
  /** Nodes to remove once everything is in its place. */
  readonly leaving: SceneNode[] = [];
  /** What Figma has no synchronous setter for. Runs after all synchronous writes. */
  readonly later: (() => Promise<void>)[] = [];

  removeLeaving(): void {
    for (const node of this.leaving.splice(0)) if (!node.removed) node.remove();
  }
}

/** A planned write, or a sentence why it is left out. */
export type Planned = { ok: true; ready: ReadyWrite } | { ok: false; reason: string };

export function leftOut(reason: string): { ok: false; reason: string } {
  return { ok: false, reason };
}

/** A layer that a write refers to: a node, or a copy that the same run makes. */
export type Referred = { node: SceneNode } | { copyOf: string };

export function resolve(referred: Referred, run: TargetRun): SceneNode | null {
  return 'node' in referred ? referred.node : (run.copies.get(referred.copyOf) ?? null);
}

export function isCopyRef(ref: LayerRef): ref is { addedFrom: string } {
  return 'addedFrom' in ref;
}
