import type { PlacedToUi, RemovedSummary } from '../../../shared/placed.js';
import { messageOf } from '../../../shared/text.js';
import { type FrameLike, findFrame, findSceneNode } from '../../canvas/nodes.js';
import { readAppliedRecords } from '../edits/edit-records.js';
import { Journal } from '../journal.js';
import { EarlierRuns, type Previous, removePrevious } from '../previous.js';
import { clearLastRun, pageOf, readLastRun, readPlaced, removeRelaunchButtons, writePlaced } from '../provenance.js';
import { summarizePlaced, withRecords } from './placed-frames.js';

type Removed = Extract<PlacedToUi, { type: 'placed.removed' | 'placed.failed' }>;

/**
 * Removes what runs have placed on these frames as one undo step, with the records of it and the relaunch buttons.
 * Annotations that someone changed since stay. If a write throws, all are rolled back.
 */
export async function removePlaced(frameIds: readonly string[]): Promise<Removed> {
  try {
    const earlier = new EarlierRuns();
    const found = await Promise.all(frameIds.map(findFrame));
    const frames = found.filter((frame) => frame !== null);
    const summary = await summarize(frames, earlier);
    const placed = (await Promise.all(frames.map((frame) => earlier.on(frame)))).flat();
    return writeRemoval(summary, { frames, placed, leftovers: await leftoversOf(frames) });
  } catch (error) {
    return failed(`Nothing was removed: ${messageOf(error)}.`, 'Try again.');
  }
}

async function summarize(frames: readonly FrameLike[], earlier: EarlierRuns): Promise<RemovedSummary> {
  const summary: RemovedSummary = { annotations: 0, notes: 0, layers: 0, frames: 0, changed: [] };
  for (const frame of frames) {
    const { name, items, changed } = await summarizePlaced(frame, earlier);
    const amount = (kind: string) => items.filter((item) => item.kind === kind).length;
    summary.annotations += amount('annotation');
    summary.notes += amount('note');
    summary.layers += amount('layer');
    if (items.length > 0) summary.frames += 1;
    summary.changed.push(...changed.map((item) => ({ frameName: name, item })));
  }
  return summary;
}

interface Removal {
  frames: readonly FrameLike[];
  placed: readonly Previous[];
  leftovers: Leftovers;
}

function writeRemoval(summary: RemovedSummary, { frames, placed, leftovers }: Removal): Removed {
  figma.commitUndo();
  const journal = new Journal();
  try {
    for (const previous of placed) removePrevious(previous, journal);
    for (const frame of frames) if (!frame.removed) writePlaced(frame, [], journal);
    for (const node of leftovers.withButtons) removeRelaunchButtons(node, journal);
    for (const holder of leftovers.withRun) clearLastRun(holder, journal);
    journal.finish();
  } catch (error) {
    const reason = messageOf(error);
    if (journal.rollBack()) return failed(`Figma rejected a change, and nothing was removed: ${reason}.`, 'Try again.');
    figma.commitUndo();
    return failed(
      `Figma rejected a change, and only some was removed: ${reason}.`,
      'Undo once in Figma, then try again.',
    );
  }
  figma.commitUndo();
  return { type: 'placed.removed', summary };
}

/** What names runs of which nothing is left. */
interface Leftovers {
  withButtons: SceneNode[];
  withRun: (SceneNode | PageNode)[];
}

/** The frames that are cleared, their sources, and their pages, as far as no other frame needs what they store. */
async function leftoversOf(cleared: readonly FrameLike[]): Promise<Leftovers> {
  const sourceIds = new Set(cleared.flatMap((frame) => readPlaced(frame).map(({ sourceId }) => sourceId)));
  const nodes = byId([...cleared, ...(await existing([...sourceIds]))]);
  const pages = byId([...nodes.values()].map(pageOf));
  const others = await otherTargets(cleared, [...nodes.values()], [...pages.values()]);
  const leftovers: Leftovers = { withButtons: [], withRun: [] };
  for (const node of nodes.values()) {
    const isTarget = others.has(node.id) && readPlaced(node).length > 0;
    if (isTarget || [...others.values()].some((target) => isFrom(target, node.id))) continue;
    leftovers.withButtons.push(node);
    if (!hasEdits(node) && !hasLiveRun(node, others)) leftovers.withRun.push(node);
  }
  for (const page of pages.values()) {
    if (!cleared.some(hasEdits) && !hasLiveRun(page, others)) leftovers.withRun.push(page);
  }
  return leftovers;
}

/** Frames with records besides the cleared ones: on these pages, and of the last runs of these nodes. */
async function otherTargets(cleared: readonly SceneNode[], nodes: readonly SceneNode[], pages: readonly PageNode[]) {
  const ofRuns = [...nodes, ...pages].flatMap((holder) => readLastRun(holder)?.targetIds ?? []);
  const others = byId(await existing([...new Set(ofRuns)]));
  for (const page of pages) {
    await page.loadAsync();
    for (const node of withRecords(page)) others.set(node.id, node);
  }
  for (const { id } of cleared) others.delete(id);
  return others;
}

/** Whether a target of the last run still has something of a run. */
function hasLiveRun(holder: SceneNode | PageNode, others: ReadonlyMap<string, SceneNode>): boolean {
  const targets = (readLastRun(holder)?.targetIds ?? []).map((id) => others.get(id));
  return targets.some((target) => target !== undefined && (readPlaced(target).length > 0 || hasEdits(target)));
}

async function existing(ids: readonly string[]): Promise<SceneNode[]> {
  return (await Promise.all(ids.map(findSceneNode))).filter((node) => node !== null);
}

function byId<Node extends BaseNode>(nodes: readonly (Node | null)[]): Map<string, Node> {
  return new Map(nodes.flatMap((node) => (node === null ? [] : [[node.id, node] as const])));
}

function isFrom(target: SceneNode, sourceId: string): boolean {
  return readPlaced(target).some((record) => record.sourceId === sourceId);
}

function hasEdits(node: SceneNode): boolean {
  return readAppliedRecords(node).length > 0;
}

function failed(message: string, hint: string): Removed {
  return { type: 'placed.failed', problem: { message, hint } };
}
