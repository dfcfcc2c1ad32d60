import type { Command } from '../../shared/messages.js';
import type { Journal } from './journal.js';

export const NAMESPACE = 'samepoint';
type Key = 'placed' | 'origin' | 'run';

/** What a run placed on a target for one item of one source. Stored in the target's shared plugin data. */
export type PlacedRecord =
  /** An annotation on a layer, identified by its fingerprint. */
  | { kind: 'annotation'; sourceId: string; itemId: string; nodeId: string; fingerprint: string }
  /** A node that the plugin created: a note or the copy of an overlay. */
  | { kind: 'node'; sourceId: string; itemId: string; nodeId: string };

/** The source and targets of the last run, stored on its frames and page. */
export interface LastRun {
  sourceId: string;
  /** The second version of the source, of a transferred difference. */
  afterId?: string;
  targetIds: string[];
}

/** What earlier runs placed on a target. Invalid data counts as none. */
export function readPlaced(target: SceneNode): PlacedRecord[] {
  const parsed = parse(target.getSharedPluginData(NAMESPACE, 'placed'));
  return Array.isArray(parsed) ? parsed.filter(isPlacedRecord) : [];
}

export function writePlaced(target: SceneNode, records: readonly PlacedRecord[], journal: Journal): void {
  write(target, 'placed', JSON.stringify(records), journal);
}

function isPlacedRecord(value: unknown): value is PlacedRecord {
  if (typeof value !== 'object' || value === null) return false;
  const record: Partial<Record<string, unknown>> = { ...value };
  const fields = [record.sourceId, record.itemId, record.nodeId];
  if (!fields.every((field) => typeof field === 'string')) return false;
  return record.kind === 'node' || (record.kind === 'annotation' && typeof record.fingerprint === 'string');
}

/** Marks a node that the plugin created. The mark includes the node's id, so that a duplicate is not recognized. */
export function writeOrigin(node: SceneNode, record: PlacedRecord, targetId: string, journal: Journal): void {
  write(node, 'origin', originOf(node, record, targetId), journal);
}

export function hasOrigin(node: SceneNode, record: PlacedRecord, targetId: string): boolean {
  return node.getSharedPluginData(NAMESPACE, 'origin') === originOf(node, record, targetId);
}

/** Whether the plugin created the node on this target. */
export function isPlacedOn(node: SceneNode, targetId: string): boolean {
  const parsed = parse(node.getSharedPluginData(NAMESPACE, 'origin'));
  return typeof parsed === 'object' && parsed !== null && 'targetId' in parsed && parsed.targetId === targetId;
}

function originOf(node: SceneNode, { sourceId, itemId }: PlacedRecord, targetId: string): string {
  return JSON.stringify({ nodeId: node.id, targetId, sourceId, itemId });
}

export function writeLastRun(holder: SceneNode | PageNode, run: LastRun, journal: Journal): void {
  write(holder, 'run', JSON.stringify(run), journal);
}

export function readLastRun(holder: SceneNode | PageNode): LastRun | null {
  const parsed = parse(holder.getSharedPluginData(NAMESPACE, 'run'));
  if (typeof parsed !== 'object' || parsed === null) return null;
  const { sourceId, afterId, targetIds }: Partial<Record<string, unknown>> = { ...parsed };
  if (typeof sourceId !== 'string' || !Array.isArray(targetIds)) return null;
  return {
    sourceId,
    ...(typeof afterId === 'string' ? { afterId } : {}),
    targetIds: targetIds.filter((id): id is string => typeof id === 'string'),
  };
}

function write(holder: SceneNode | PageNode, key: Key, value: string, journal: Journal): void {
  const before = holder.getSharedPluginData(NAMESPACE, key);
  if (before === value) return;
  journal.onRollBack(() => {
    if (!holder.removed) holder.setSharedPluginData(NAMESPACE, key, before);
  });
  holder.setSharedPluginData(NAMESPACE, key, value);
}

function parse(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/** Of the commands that can run again. */
const RELAUNCH_DESCRIPTIONS: Partial<Record<Command, string>> = {
  'transfer-annotations': 'Update the annotations from the last run',
  'transfer-layers': 'Update the layers from the last run',
  'transfer-edits': 'Transfer the recorded edits again',
  'transfer-difference': 'Transfer the difference again',
};

/** Adds a relaunch button to the node. Figma rejects it without an id in the manifest. */
export function addRelaunchButton(node: SceneNode, command: Command, journal: Journal): void {
  const description = RELAUNCH_DESCRIPTIONS[command];
  if (description === undefined) return;
  try {
    const before = node.getRelaunchData();
    node.setRelaunchData({ ...before, [command]: description });
    journal.onRollBack(() => node.setRelaunchData(before));
  } catch {
    // the command is still in the menu
  }
}
