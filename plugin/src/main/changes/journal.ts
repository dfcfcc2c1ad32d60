/** Remembers how to take back what was written, for when a later write throws. */
export class Journal {
  private readonly undos: (() => void)[] = [];
  private readonly removals: SceneNode[] = [];
  private hasRemoved = false;

  /** `undo` brings back what was there before. */
  changed(undo: () => void): void {
    this.undos.push(undo);
  }

  created(node: SceneNode): void {
    this.changed(() => {
      if (!node.removed) node.remove();
    });
  }

  /** A removed node cannot be brought back, so removals wait until everything else succeeded. */
  removeAtEnd(node: SceneNode): void {
    this.removals.push(node);
  }

  finish(): void {
    for (const node of this.removals) {
      if (node.removed) continue;
      node.remove();
      this.hasRemoved = true;
    }
  }

  /** Takes back as much as can be; false when something could not. */
  rollBack(): boolean {
    let isComplete = !this.hasRemoved;
    for (const undo of [...this.undos].reverse()) {
      try {
        undo();
      } catch {
        isComplete = false;
      }
    }
    return isComplete;
  }
}
