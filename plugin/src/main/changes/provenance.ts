import { hashOf } from '../../edits/fingerprint.js';
import type { Command } from '../../shared/messages.js';
import { TRACK_ORDERS, TRACK_OUTPUTS, type TrackChoices } from '../../shared/tracking.js';
import { fingerprint } from '../canvas/annotations.js';
import { ancestors } from '../canvas/nodes.js';

import { NAMESPACE, ORIGIN } from '../canvas/plugin-data.js';

import { isDevMode } from '../editor.js';

import type { Journal } from './journal.js';
import { listKeys, parseJson, readList, writeList } from './stored-list.js';

/** Key of the entry with the last run. */
const RUN = 'run';

/** What a run placed on a target for one item of one source. Stored in the target's shared plugin data. */
export type PlacedRecord =
  /** An annotation on a layer, identified by the hash of its fingerprint. */
  | (PlacedItem & { kind: 'annotation'; hash: string })
  /** A note beside the target, and the pin with the same number at the place that it is about. */
  | (PlacedItem & { kind: 'note'; number: number; pinId: string })
  /** Any other node that the plugin created. */
  | (PlacedItem & { kind: 'node' });

interface PlacedItem {
  sourceId: string;
  itemId: string;
  /** The annotated layer, the note or the node. */
  nodeId: string;
}

/** The source and targets of the last run, stored on its frames and page. */
export interface LastRun {
  sourceId: string;
  /** The second version of the source, of a transferred difference. */
  afterId?: string;
  targetIds: string[];
  /** How regions were tracked. `hand` lists all frames in their order. */
  tracking?: TrackChoices;
}

const PLACED = 'placed';

/** Keys of the entries that name what was placed on a target, or written to it. */
export const RECORD_KEYS: readonly string[] = [PLACED, ...listKeys(PLACED), ...listKeys('edits')];

/** What earlier runs placed on a target, oldest first. Invalid data counts as none. */
export function readPlaced(target: SceneNode): PlacedRecord[] {
  const oldest = parseJson(target.getSharedPluginData(NAMESPACE, PLACED));
  const older = Array.isArray(oldest) ? oldest.flatMap((item) => fromOldFormat(item) ?? []) : [];
  return [...older, ...readList(target, PLACED).flatMap((item) => fromTuple(item) ?? [])];
}

/**
 * Stores what was placed on a target, oldest first.
 * @returns the number of older records that did not fit
 */
export function writePlaced(target: SceneNode, records: readonly PlacedRecord[], journal: Journal): number {
  const items = records.map((record) => JSON.stringify(tupleOf(record)));
  // of versions that stored one entry
  writeData(target, PLACED, '', journal);
  return writeList(PLACED, items, (key, value) => writeData(target, key, value, journal));
}

/** The fingerprint of an annotation has all its words. */
export function hashOfAnnotation(annotation: Annotation): string {
  return hashOf(fingerprint(annotation));
}

/** Without the names of the fields, which would be half of the size. */
function tupleOf(record: PlacedRecord): (string | number)[] {
  const { kind, sourceId, itemId, nodeId } = record;
  const common = [CODES[kind], sourceId, itemId, nodeId];
  if (record.kind === 'annotation') return [...common, record.hash];
  return record.kind === 'note' ? [...common, record.number, record.pinId] : common;
}

const CODES = { annotation: 'a', note: 'p', node: 'n' } as const;

function fromTuple(value: unknown): PlacedRecord | null {
  if (!Array.isArray(value)) return null;
  const [code, sourceId, itemId, nodeId, fourth, fifth]: unknown[] = value;
  if (typeof sourceId !== 'string' || typeof itemId !== 'string' || typeof nodeId !== 'string') return null;
  const item = { sourceId, itemId, nodeId };
  if (code === CODES.node) return { kind: 'node', ...item };
  if (code === CODES.annotation && typeof fourth === 'string') return { kind: 'annotation', ...item, hash: fourth };
  if (code !== CODES.note || typeof fourth !== 'number' || typeof fifth !== 'string') return null;
  return { kind: 'note', ...item, number: fourth, pinId: fifth };
}

/** Files may have the records of versions that stored objects with whole fingerprints. */
function fromOldFormat(value: unknown): PlacedRecord | null {
  if (typeof value !== 'object' || value === null) return null;
  const { kind, sourceId, itemId, nodeId, fingerprint: words }: Partial<Record<string, unknown>> = { ...value };
  if (typeof sourceId !== 'string' || typeof itemId !== 'string' || typeof nodeId !== 'string') return null;
  const item = { sourceId, itemId, nodeId };
  if (kind === 'node') return { kind, ...item };
  return kind === 'annotation' && typeof words === 'string' ? { kind, ...item, hash: hashOf(words) } : null;
}

/** Marks a node that the plugin created. The mark includes the node's id, so that a duplicate is not recognized. */
export function writeOrigin(node: SceneNode, record: Placement, targetId: string, journal: Journal): void {
  writeData(node, ORIGIN, originOf(node, record, targetId), journal);
}

export function hasOrigin(node: SceneNode, record: Placement, targetId: string): boolean {
  return node.getSharedPluginData(NAMESPACE, ORIGIN) === originOf(node, record, targetId);
}

/** Removes all marks of the plugin from a copy, which has those of its original. */
export function clearProvenance(copy: SceneNode): void {
  for (const key of copy.getSharedPluginDataKeys(NAMESPACE)) copy.setSharedPluginData(NAMESPACE, key, '');
  if (Object.keys(copy.getRelaunchData()).length > 0) copy.setRelaunchData({});
}

/** Whether the plugin created the node on this target. */
export function isPlacedOn(node: SceneNode, targetId: string): boolean {
  return targetIdOf(node) === targetId;
}

/** The target that the plugin created the node on; null for other nodes. */
export function targetIdOf(node: SceneNode): string | null {
  const parsed = parseJson(node.getSharedPluginData(NAMESPACE, ORIGIN));
  if (typeof parsed !== 'object' || parsed === null || !('targetId' in parsed)) return null;
  return typeof parsed.targetId === 'string' ? parsed.targetId : null;
}

type Placement = Pick<PlacedItem, 'sourceId' | 'itemId'>;

function originOf(node: SceneNode, { sourceId, itemId }: Placement, targetId: string): string {
  return JSON.stringify({ nodeId: node.id, targetId, sourceId, itemId });
}

/**
 * Stores the run on its frames and their pages. Each run has a number of its own, so that one that changes nothing else
 * is told apart from the one before.
 */
export function writeLastRun(frames: readonly SceneNode[], run: LastRun, journal: Journal): void {
  const pages = frames.map(pageOf).filter((page) => page !== null);
  const holders = new Map([...frames, ...pages].map((holder) => [holder.id, holder]));
  const numbers = [...holders.values()].map((holder) => runNumber(holder));
  const value = JSON.stringify({ ...run, number: Math.max(0, ...numbers) + 1 });
  for (const holder of holders.values()) writeData(holder, RUN, value, journal);
}

/** Forgets the last run of a frame or page. */
export function clearLastRun(holder: SceneNode | PageNode, journal: Journal): void {
  writeData(holder, RUN, '', journal);
}

function runNumber(holder: SceneNode | PageNode): number {
  const parsed = parseJson(holder.getSharedPluginData(NAMESPACE, RUN));
  if (typeof parsed !== 'object' || parsed === null || !('number' in parsed)) return 0;
  return typeof parsed.number === 'number' ? parsed.number : 0;
}

export function pageOf(node: BaseNode): PageNode | null {
  return ancestors(node).find((one): one is PageNode => one.type === 'PAGE') ?? null;
}

export function readLastRun(holder: SceneNode | PageNode): LastRun | null {
  const parsed = parseJson(holder.getSharedPluginData(NAMESPACE, RUN));
  if (typeof parsed !== 'object' || parsed === null) return null;
  const { sourceId, afterId, targetIds, tracking }: Partial<Record<string, unknown>> = { ...parsed };
  const tracked = readTracking(tracking);
  if (typeof sourceId !== 'string' || !Array.isArray(targetIds)) return null;
  return {
    sourceId,
    ...(typeof afterId === 'string' ? { afterId } : {}),
    targetIds: targetIds.filter((id): id is string => typeof id === 'string'),
    ...(tracked === null ? {} : { tracking: tracked }),
  };
}

function readTracking(value: unknown): TrackChoices | null {
  if (typeof value !== 'object' || value === null) return null;
  const { order, hand, output }: Partial<Record<string, unknown>> = { ...value };
  const known = {
    order: TRACK_ORDERS.find((one) => one === order),
    output: TRACK_OUTPUTS.find((one) => one === output),
  };
  if (known.order === undefined || known.output === undefined || !Array.isArray(hand)) return null;
  const ids = hand.filter((id): id is string => typeof id === 'string');
  return { order: known.order, output: known.output, hand: ids };
}

function writeData(holder: SceneNode | PageNode, key: string, value: string, journal: Journal): void {
  const before = holder.getSharedPluginData(NAMESPACE, key);
  if (before === value) return;
  try {
    holder.setSharedPluginData(NAMESPACE, key, value);
  } catch (error) {
    // without records an equal annotation is still not added twice
    if (isDevMode()) return;
    throw error;
  }
  journal.onRollBack(() => {
    if (!holder.removed) holder.setSharedPluginData(NAMESPACE, key, before);
  });
}

/** Of the commands that can run again. */
const RELAUNCH_DESCRIPTIONS: Partial<Record<Command, string>> = {
  'transfer-annotations': 'Update the annotations from the last run',
  'transfer-layers': 'Update the layers from the last run',
  'transfer-edits': 'Transfer the recorded edits again',
  'transfer-difference': 'Transfer the difference again',
  'propagate-pictures': 'Propagate the edit again',
  'align-compare': 'Compare both versions again',
  'track-frames': 'Track the regions again',
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

/** Commands whose results stay, and so do their buttons. */
const LASTING: readonly string[] = ['transfer-edits', 'transfer-difference'] satisfies Command[];

/** Removes the relaunch buttons of what has been removed. */
export function removeRelaunchButtons(node: SceneNode, journal: Journal): void {
  try {
    const before = node.getRelaunchData();
    const kept = Object.entries(before).filter(([command]) => LASTING.includes(command));
    if (kept.length === Object.keys(before).length) return;
    node.setRelaunchData(Object.fromEntries(kept));
    journal.onRollBack(() => node.setRelaunchData(before));
  } catch {
    // without an id in the manifest there are none
  }
}
