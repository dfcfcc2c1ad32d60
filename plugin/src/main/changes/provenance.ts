import type { Command } from '../../shared/messages.js';
import type { Journal } from './journal.js';

const NAMESPACE = 'samepoint';
type Key = 'placed' | 'origin' | 'run';

/** What an earlier run put into a target for one item of one source. Kept on the target. */
export type PlacedRecord =
  /** An annotation on a layer, recognised by what it says. */
  | { kind: 'annotation'; sourceId: string; itemId: string; nodeId: string; fingerprint: string }
  /** A node of our own: a note or the copy of an overlay. */
  | { kind: 'node'; sourceId: string; itemId: string; nodeId: string };

/** The source and targets of the last run, remembered where the next one will look. */
export interface LastRun {
  sourceId: string;
  targetIds: string[];
}

/** What earlier runs left on a target; unreadable data counts as none. */
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

/** Marks a node of ours. Its own id is part of the mark, so that a copy made by hand is not taken for it. */
export function markOrigin(node: SceneNode, record: PlacedRecord, targetId: string, journal: Journal): void {
  write(node, 'origin', originOf(node, record, targetId), journal);
}

export function hasOrigin(node: SceneNode, record: PlacedRecord, targetId: string): boolean {
  return node.getSharedPluginData(NAMESPACE, 'origin') === originOf(node, record, targetId);
}

function originOf(node: SceneNode, { sourceId, itemId }: PlacedRecord, targetId: string): string {
  return JSON.stringify({ nodeId: node.id, targetId, sourceId, itemId });
}

export function rememberRun(holder: SceneNode | PageNode, run: LastRun, journal: Journal): void {
  write(holder, 'run', JSON.stringify(run), journal);
}

export function recallRun(holder: SceneNode | PageNode): LastRun | null {
  const parsed = parse(holder.getSharedPluginData(NAMESPACE, 'run'));
  if (typeof parsed !== 'object' || parsed === null) return null;
  const { sourceId, targetIds }: Partial<Record<string, unknown>> = { ...parsed };
  if (typeof sourceId !== 'string' || !Array.isArray(targetIds)) return null;
  return { sourceId, targetIds: targetIds.filter((id): id is string => typeof id === 'string') };
}

function write(holder: SceneNode | PageNode, key: Key, value: string, journal: Journal): void {
  const before = holder.getSharedPluginData(NAMESPACE, key);
  if (before === value) return;
  journal.changed(() => {
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

const RELAUNCH_WORDS: Record<Command, string> = {
  'transfer-annotations': 'Bring the annotations of the last run up to date',
  'transfer-layers': 'Bring the layers of the last run up to date',
};

/** A button to run again, in the properties panel. Does nothing where Figma refuses it. */
export function offerRelaunch(node: SceneNode, command: Command, journal: Journal): void {
  try {
    const before = node.getRelaunchData();
    node.setRelaunchData({ ...before, [command]: RELAUNCH_WORDS[command] });
    journal.changed(() => node.setRelaunchData(before));
  } catch {
    // without an id in the manifest Figma throws; the menu still starts the command
  }
}
