import { LIMITS } from '@samepoint/shared-protocol/limits';
import { applyToBox, compose } from '../../shared/affine.js';
import type { ExportedItem } from '../../shared/messages.js';
import { count } from '../../shared/text.js';
import { isDevMode } from '../editor.js';
import { annotationText, countAnnotations, fingerprint, supportsAnnotations } from './annotations.js';
import { canvasToPixels } from './export-space.js';
import { measurementItems, measurementsAround } from './measurements.js';
import { canvasTransform, type FrameLike, findSceneNode, hasLayout, ownBox, typeLabel, walkVisible } from './nodes.js';

/** The fingerprint of each exported annotation, by item id. */
export type Fingerprints = ReadonlyMap<string, string>;

/** The items of a source, and notices about what cannot be transferred. */
export interface CollectedItems {
  items: ExportedItem[];
  notices: string[];
  fingerprints: Fingerprints;
}

/** Collects the visible annotations of a source, and in Dev Mode its measurements. Each must be on one of the exported layers. */
export async function collectAnnotations(source: FrameLike, layerIds: ReadonlySet<string>): Promise<CollectedItems> {
  const items: ExportedItem[] = [];
  const fingerprints = new Map<string, string>();
  let skipped = 0;
  walkVisible(source, (node) => {
    if (!supportsAnnotations(node)) return true;
    node.annotations.forEach((annotation, index) => {
      const itemId = annotationItemId(node.id, index);
      if (!layerIds.has(node.id) || itemId.length > LIMITS.idChars || items.length >= LIMITS.itemsPerJob) {
        skipped += 1;
        return;
      }
      const detail = node.id === source.id ? 'on the frame' : `on “${node.name}”`;
      fingerprints.set(itemId, fingerprint(annotation));
      items.push({ item: { kind: 'layer', itemId, layerId: node.id }, label: annotationText(annotation), detail });
    });
    return true;
  });
  const measurements = await measurementsAround(source);
  if (isDevMode()) items.push(...measurementItems(measurements, layerIds).slice(0, LIMITS.itemsPerJob - items.length));
  return {
    items,
    fingerprints,
    notices: [...skippedNotice(skipped), ...hiddenNotice(source), ...otherNotices(measurements, items)],
  };
}

/** An annotation has no id in Figma, so an item is its layer and its index there. */
function annotationItemId(nodeId: string, index: number): string {
  return `${nodeId}#${index}`;
}

/** Finds the annotation of an item; null if it was deleted after the export. */
export async function findAnnotation(itemId: string): Promise<Annotation | null> {
  const separator = itemId.lastIndexOf('#');
  const node = await findSceneNode(itemId.slice(0, separator));
  if (node === null || !supportsAnnotations(node)) return null;
  return node.annotations[Number(itemId.slice(separator + 1))] ?? null;
}

function skippedNotice(skipped: number): string[] {
  if (skipped === 0) return [];
  const were = skipped === 1 ? 'was' : 'were';
  return [`${count(skipped, 'annotation')} ${were} skipped: too many layers, or nested too deep in instances.`];
}

function hiddenNotice(source: FrameLike): string[] {
  const all = [source, ...('findAll' in source ? source.findAll(supportsAnnotations) : [])].filter(supportsAnnotations);
  const hidden = all.reduce((sum, node) => sum + node.annotations.length, 0) - countAnnotations(source);
  if (hidden === 0) return [];
  const [are, layers, them] = hidden === 1 ? ['is', 'a hidden layer', 'it'] : ['are', 'hidden layers', 'them'];
  return [
    `${count(hidden, 'annotation')} on ${layers} ${are} not transferred. Show the layer${hidden === 1 ? '' : 's'} to transfer ${them}.`,
  ];
}

function otherNotices(measurements: readonly Measurement[], items: readonly ExportedItem[]): string[] {
  const left = measurements.length - items.filter(({ endId }) => endId !== undefined).length;
  const are = `${count(left, 'measurement')} ${left === 1 ? 'is' : 'are'} not transferred:`;
  const reason = isDevMode()
    ? 'a layer at an end is hidden or in no frame.'
    : 'run the plugin in Dev Mode to transfer them.';
  return [
    ...(left === 0 ? [] : [`${are} ${reason}`]),
    'Comments are not transferred: Figma gives plugins no access to them.',
  ];
}

/** Collects the chosen overlay layers. Boxes are in pixels of the source's export. */
export async function collectOverlays(source: FrameLike, overlayIds: readonly string[]): Promise<CollectedItems> {
  const toPixels = canvasToPixels(source);
  const items: ExportedItem[] = [];
  const notices: string[] = [];
  for (const overlayId of overlayIds.slice(0, LIMITS.itemsPerJob)) {
    const node = await findSceneNode(overlayId);
    if (node === null || !hasLayout(node) || toPixels === null) {
      notices.push('A selected layer was deleted and is skipped.');
      continue;
    }
    if (!node.visible || node.id.length > LIMITS.idChars) {
      notices.push(`“${node.name}” is skipped: it is hidden or nested too deep in instances.`);
      continue;
    }
    const box = applyToBox(compose(toPixels, canvasTransform(node)), ownBox(node));
    items.push({ item: { kind: 'overlay', itemId: node.id, box }, label: node.name, detail: typeLabel(node) });
  }
  return { items, notices, fingerprints: new Map() };
}

/** The layers whose counterparts are to be selected. Each must be one of the exported layers. */
export async function collectLayerItems(
  layerIds: readonly string[],
  exportedIds: ReadonlySet<string>,
): Promise<CollectedItems> {
  const items: ExportedItem[] = [];
  const skipped: string[] = [];
  let deleted = 0;
  for (const layerId of layerIds) {
    const node = await findSceneNode(layerId);
    if (node === null) deleted += 1;
    else if (!exportedIds.has(layerId) || items.length === LIMITS.itemsPerJob) skipped.push(`“${node.name}”`);
    else items.push({ item: { kind: 'layer', itemId: layerId, layerId }, label: node.name, detail: typeLabel(node) });
  }
  const notices = [
    ...(deleted === 0 ? [] : [`${count(deleted, 'selected layer was', 'selected layers were')} deleted.`]),
    ...(skipped.length === 0 ? [] : [`Not compared, since hidden or over the limits: ${skipped.join(', ')}.`]),
  ];
  return { items, notices, fingerprints: new Map() };
}
