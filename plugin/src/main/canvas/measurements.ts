import { LIMITS } from '@samepoint/shared-protocol/limits';
import type { ExportedItem } from '../../shared/messages.js';
import { type FrameLike, isInside, pageOf } from './nodes.js';

/** Measurements that begin or end in the source. Figma keeps them by page, and the source may be on another one. */
export async function measurementsAround(source: FrameLike): Promise<Measurement[]> {
  const page = pageOf(source);
  if (page === null) return [];
  await page.loadAsync();
  const belongs = (node: SceneNode) => node.id === source.id || isInside(node, source);
  return page.getMeasurements().filter(({ start, end }) => belongs(start.node) || belongs(end.node));
}

/** A measurement as items: the layers at both ends. Only those whose layers are both among the exported ones. */
export function measurementItems(measurements: readonly Measurement[], layerIds: ReadonlySet<string>): ExportedItem[] {
  return measurements.flatMap(({ id, start, end, freeText }): ExportedItem[] => {
    const itemId = measurementItemId(id);
    const endId = `${itemId}:end`;
    if (!layerIds.has(start.node.id) || !layerIds.has(end.node.id) || endId.length > LIMITS.idChars) return [];
    const label = freeText === '' ? 'Measurement' : freeText;
    const detail = `from “${start.node.name}” to “${end.node.name}”`;
    return [
      { item: { kind: 'layer', itemId, layerId: start.node.id }, label, detail, endId },
      { item: { kind: 'layer', itemId: endId, layerId: end.node.id }, label, detail },
    ];
  });
}

const PREFIX = 'measurement:';

function measurementItemId(id: string): string {
  return PREFIX + id;
}

/** The id of the measurement that an item is about; null for another item. */
export function measurementOf(itemId: string): string | null {
  return itemId.startsWith(PREFIX) && !itemId.endsWith(':end') ? itemId.slice(PREFIX.length) : null;
}
