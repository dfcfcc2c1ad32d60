import type { AppliedRecord } from '../../../shared/operation.js';
import { ancestors, type FrameLike, findSceneNode } from '../../canvas/nodes.js';
import { NAMESPACE } from '../../canvas/plugin-data.js';
import { readList, writeList } from '../stored-list.js';

/** What earlier runs wrote to this target. Invalid data counts as none. */
export function readAppliedRecords(target: SceneNode): AppliedRecord[] {
  return readList(target, LIST).flatMap((item) => toRecord(item) ?? []);
}

const LIST = 'edits';

/**
 * The records without those of layers that were deleted since. Records of `add` and `remove` stay, since they say that an
 * edit was made although its layer is gone.
 */
export async function liveAppliedRecords(target: FrameLike): Promise<AppliedRecord[]> {
  const known = new Map<string, boolean>();
  const live: AppliedRecord[] = [];
  for (const record of readAppliedRecords(target)) {
    const isLive = known.get(record.layerId) ?? (await isPartOf(record.layerId, target));
    known.set(record.layerId, isLive);
    if (isLive || record.what === 'add' || record.what === 'remove') live.push(record);
  }
  return live;
}

async function isPartOf(layerId: string, target: FrameLike): Promise<boolean> {
  const node = await findSceneNode(layerId);
  return node !== null && (node.id === target.id || ancestors(node).some(({ id }) => id === target.id));
}

/**
 * Adds records to earlier ones, replacing those of the same edits.
 * @returns the number of older records that did not fit
 */
export function addAppliedRecords(
  target: SceneNode,
  earlier: readonly AppliedRecord[],
  added: readonly AppliedRecord[],
): number {
  const replaced = new Set(added.map(idOf));
  const kept = earlier.filter((record) => !replaced.has(idOf(record)));
  const items = [...kept, ...added].map((record) => JSON.stringify(tupleOf(record)));
  return writeList(LIST, items, (key, value) => {
    if (target.getSharedPluginData(NAMESPACE, key) !== value) target.setSharedPluginData(NAMESPACE, key, value);
  });
}

function idOf({ sourceLayerId, what }: AppliedRecord): string {
  return JSON.stringify([sourceLayerId, what]);
}

/** Without the names of the fields, which would be a third of the size. */
function tupleOf({ sourceLayerId, what, layerId, source, written }: AppliedRecord): string[] {
  return source === written ? [sourceLayerId, what, layerId, source] : [sourceLayerId, what, layerId, source, written];
}

function toRecord(value: unknown): AppliedRecord | null {
  if (!Array.isArray(value) || !value.every((field) => typeof field === 'string')) return null;
  const [sourceLayerId, what, layerId, source, written = source]: (string | undefined)[] = value;
  if (sourceLayerId === undefined || what === undefined || layerId === undefined) return null;
  return source === undefined || written === undefined ? null : { sourceLayerId, what, layerId, source, written };
}
