import type { MainToUi, Problem } from '../shared/messages.js';
import { problemToast } from '../shared/text.js';
import { ancestors, findSceneNode, isInside } from './canvas/nodes.js';
import { isPlaced, NAMESPACE } from './canvas/plugin-data.js';

/** Figma reports the changes of a run in batches; later ones follow the first within this time. */
const OWN_CHANGES_MS = 300;
/** An undo has happened after this time. */
const UNDO_MS = 50;

const CHANGED_SINCE: Problem = {
  message: 'The file has changed since.',
  hint: 'Undo in Figma step by step until the run is undone.',
};
const UNDID_OTHER: Problem = {
  message: 'Figma undid something else.',
  hint: 'Redo it in Figma, then undo step by step until the run is undone.',
};

type Change = Pick<NodeChange, 'id' | 'node' | 'origin'> & { properties?: readonly string[] };

interface Mark {
  frame: SceneNode;
  data: string;
}

/** A run that can be undone. */
interface Run {
  /** What it stored on its frames. While that is there, the run is not undone. Empty in Dev Mode, which stores nothing. */
  marks: readonly Mark[];
  /** `own`: reported changes of its frames are those of the run. */
  changes: 'own' | 'none' | 'others';
  /** Times that the selection changed since, each of which is an undo step in Figma. */
  selections: number;
  undoing: boolean;
}

/**
 * The last run as an undo step. `triggerUndo` undoes the last step of this user, so that it is refused once the user has
 * changed something since; what collaborators do is no step of this user.
 */
export class UndoStep {
  /** The frames of the run, with what was stored on them before. */
  private before: Mark[] = [];
  private run: Run | null = null;
  /** Whether Figma has reported changes since the run was prepared. */
  private wasReported = false;
  private readonly watched = new Set<string>();

  constructor(private readonly send: (message: MainToUi) => void) {}

  /** Watches the pages of the frames that a run is about to change. The run before cannot be undone any more. */
  async prepare(frameIds: readonly string[]): Promise<void> {
    this.run = null;
    this.wasReported = false;
    const found = await Promise.all([...new Set(frameIds)].map(findSceneNode));
    const frames = found.filter((frame) => frame !== null);
    this.before = frames.map((frame) => ({ frame, data: dataOf(frame) }));
    for (const page of frames.flatMap(ancestors)) {
      if (page.type !== 'PAGE' || this.watched.has(page.id)) continue;
      await page.loadAsync();
      this.watch(page);
    }
  }

  /** Listens to the changes of a loaded page from now on. */
  watch(page: PageNode): void {
    if (this.watched.has(page.id)) return;
    this.watched.add(page.id);
    page.on('nodechange', ({ nodeChanges }) => this.noteChanges(nodeChanges));
  }

  /** Shows what a run has done, with a button that undoes it. */
  offer(toast: string): void {
    const now = this.before.filter(isThere).map(({ frame }) => ({ frame, data: dataOf(frame) }));
    const marks = now.filter(
      (mark) => !this.before.some(({ frame, data }) => frame === mark.frame && data === mark.data),
    );
    this.run = { marks, changes: 'own', selections: 0, undoing: false };
    if (this.wasReported) this.endOwnChanges(this.run);
    figma.notify(toast, { button: { text: 'Undo', action: () => void this.undo() } });
  }

  /** Whether Figma may still report changes of the run. */
  get isPending(): boolean {
    return this.run?.changes === 'own';
  }

  /** Undoes the run, or says why it cannot. */
  async undo(): Promise<void> {
    const { run } = this;
    if (run?.undoing === true) return;
    if (run === null || isUndone(run)) return this.end({ type: 'undone' });
    if (run.changes === 'others') return this.refuse(CHANGED_SINCE);
    run.undoing = true;
    // steps that only changed the selection come first
    for (let steps = run.selections + 1; steps > 0; steps -= 1) {
      figma.triggerUndo();
      if (run.marks.length === 0 || (await isSoonUndone(run))) return this.end({ type: 'undone' });
    }
    this.run = null;
    this.refuse(UNDID_OTHER);
  }

  noteSelection(): void {
    if (this.run !== null) this.run.selections += 1;
  }

  noteStyleChanges(changes: readonly { origin: 'LOCAL' | 'REMOTE' }[]): void {
    if (this.run?.changes === 'none' && changes.some(isLocal)) this.run.changes = 'others';
  }

  private noteChanges(changes: readonly Change[]): void {
    const { run } = this;
    const local = changes.filter((change) => isLocal(change) && !isOfPlugin(change));
    if (local.length === 0) return;
    this.wasReported = true;
    if (run === null || run.undoing || run.changes === 'others') return;
    if (run.changes === 'none' || local.some((change) => !this.isOwn(change))) {
      run.changes = 'others';
      return;
    }
    this.endOwnChanges(run);
  }

  private endOwnChanges(run: Run): void {
    setTimeout(() => {
      if (run.changes === 'own') run.changes = 'none';
    }, OWN_CHANGES_MS);
  }

  /** Whether the run can have changed this: its frames, what is in and around them, and what it placed or removed. */
  private isOwn({ id, node }: Change): boolean {
    if (node.removed) return true;
    const isOf = (frame: SceneNode) => frame.id === id || isInside(node, frame) || isInside(frame, node);
    // masked layers are grouped
    const isPart = isPlaced(node) || ('children' in node && node.children.some(isPlaced));
    return isPart || this.before.filter(isThere).some(({ frame }) => isOf(frame));
  }

  private end(message: MainToUi): void {
    this.run = null;
    this.send(message);
  }

  private refuse(problem: Problem): void {
    this.send({ type: 'undo.failed', problem });
    figma.notify(problemToast(problem));
  }
}

function isLocal({ origin }: { origin: 'LOCAL' | 'REMOTE' }): boolean {
  return origin === 'LOCAL';
}

/** Nobody changes plugin data by hand. */
function isOfPlugin({ properties = [] }: Change): boolean {
  return properties.length > 0 && properties.every((property) => property === 'pluginData');
}

/** Whether the user has undone the run in Figma, or this has. */
function isUndone({ marks }: Run): boolean {
  const there = marks.filter(isThere);
  return there.length > 0 && there.every(({ frame, data }) => dataOf(frame) !== data);
}

function isThere({ frame }: Mark): boolean {
  return !frame.removed;
}

async function isSoonUndone(run: Run): Promise<boolean> {
  if (!isUndone(run)) await new Promise<void>((resolve) => setTimeout(resolve, UNDO_MS));
  return isUndone(run);
}

/** All that is stored on the frame. */
function dataOf(frame: SceneNode): string {
  const keys = frame.getSharedPluginDataKeys(NAMESPACE).sort();
  return JSON.stringify(keys.map((key) => [key, frame.getSharedPluginData(NAMESPACE, key)]));
}
