/** Records how to undo each write, so that all are undone if a later write throws. */
export class Journal {
  private readonly undoActions: (() => void)[] = [];
  private readonly removals: SceneNode[] = [];
  private hasRemoved = false;

  /** Records how to undo a write. */
  onRollBack(undo: () => void): void {
    this.undoActions.push(undo);
  }

  /** Records a new node, which a rollback removes. */
  created(node: SceneNode): void {
    this.onRollBack(() => {
      if (!node.removed) node.remove();
    });
  }

  /** Postpones a removal until all writes succeeded, since a removed node cannot be restored. */
  removeAtEnd(node: SceneNode): void {
    this.removals.push(node);
  }

  /** Runs the postponed removals. */
  finish(): void {
    for (const node of this.removals) {
      if (node.removed) continue;
      node.remove();
      this.hasRemoved = true;
    }
  }

  /** Undoes the writes, latest first. Returns false if some could not be undone. */
  rollBack(): boolean {
    let isComplete = !this.hasRemoved;
    for (const undo of [...this.undoActions].reverse()) {
      try {
        undo();
      } catch {
        isComplete = false;
      }
    }
    return isComplete;
  }
}
