import type { PlacedFrame, PlacedItem, PlacedScope } from '../../../shared/placed.js';
import { annotationText, supportsAnnotations } from '../../canvas/annotations.js';
import { ancestors, type FrameLike, findFrame, isFrameLike } from '../../canvas/nodes.js';
import { NAMESPACE } from '../../canvas/plugin-data.js';
import { readAppliedRecords } from '../edits/edit-records.js';
import { EarlierRuns, type Previous, previousIndex } from '../previous.js';
import { RECORD_KEYS, targetIdOf } from '../provenance.js';

/** What runs have placed in the selected frames or in all frames of this page, also in frames inside of others. */
export async function placedFrames(scope: PlacedScope): Promise<PlacedFrame[]> {
  const earlier = new EarlierRuns();
  const placed: PlacedFrame[] = [];
  for (const frame of await framesWithRecords(scope)) {
    const summary = await summarizePlaced(frame, earlier);
    if (summary.items.length + summary.changed.length + summary.edits > 0) placed.push(summary);
  }
  return placed;
}

/** What runs have placed on a frame and is still there. */
export async function summarizePlaced(frame: FrameLike, earlier: EarlierRuns): Promise<PlacedFrame> {
  const summary: PlacedFrame = { nodeId: frame.id, name: frame.name, items: [], changed: [], edits: 0 };
  const all = await earlier.on(frame);
  for (const [index, previous] of all.entries()) {
    const key = `${frame.id} ${index}`;
    if (previous.record.kind !== 'annotation') summary.items.push(itemOf(previous, key));
    else summary[isUnchanged(previous) ? 'items' : 'changed'].push(itemOf(previous, key));
  }
  summary.changed = summary.changed.filter(({ nodeId }) => hasOthers(nodeId, all));
  summary.edits = readAppliedRecords(frame).length;
  return summary;
}

/** Whether an annotation is as a run has written it. */
function isUnchanged(previous: Previous): boolean {
  const { node } = previous;
  return node !== null && supportsAnnotations(node) && previousIndex(node, previous) >= 0;
}

/** Whether the layer has an annotation besides those of runs: perhaps one of them, changed. */
function hasOthers(nodeId: string, all: readonly Previous[]): boolean {
  const on = all.filter(({ record }) => record.kind === 'annotation' && record.nodeId === nodeId);
  const node = on[0]?.node ?? null;
  return node !== null && supportsAnnotations(node) && node.annotations.length > on.filter(isUnchanged).length;
}

function itemOf(previous: Previous, key: string): PlacedItem {
  const { record, node, pin } = previous;
  const common = { key, nodeId: node?.id ?? pin?.id ?? record.nodeId };
  const name = node?.name ?? pin?.name ?? '';
  if (record.kind === 'annotation') {
    const own =
      node !== null && supportsAnnotations(node) ? node.annotations[previousIndex(node, previous)] : undefined;
    return { ...common, kind: 'annotation', label: own === undefined ? '' : annotationText(own), on: name };
  }
  if (record.kind === 'note') return { ...common, kind: 'note', label: name, on: null };
  return { ...common, kind: 'layer', label: name, on: null };
}

/** The frames with records, each once: those selected, inside of and around them, and those of selected notes and pins. */
async function framesWithRecords(scope: PlacedScope): Promise<FrameLike[]> {
  const found = new Map<string, FrameLike>();
  const add = (node: BaseNode) => {
    if (isFrameLike(node) && hasRecords(node)) found.set(node.id, node);
  };
  if (scope === 'page') {
    for (const node of withRecords(figma.currentPage)) add(node);
    return [...found.values()];
  }
  for (const node of figma.currentPage.selection) {
    add(node);
    if ('findAllWithCriteria' in node) for (const inner of withRecords(node)) add(inner);
    if (found.size === 0) for (const outer of ancestors(node)) add(outer);
    const target = await findFrame(targetIdOf(node) ?? '');
    if (target !== null) add(target);
  }
  return [...found.values()];
}

/** The nodes in the page or frame that have records of runs. The page must be loaded. */
export function withRecords(around: ChildrenMixin): SceneNode[] {
  return around.findAllWithCriteria({ sharedPluginData: { namespace: NAMESPACE, keys: [...RECORD_KEYS] } });
}

function hasRecords(node: SceneNode): boolean {
  return RECORD_KEYS.some((key) => node.getSharedPluginData(NAMESPACE, key) !== '');
}
