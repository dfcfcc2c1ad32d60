import type { ChangedAnnotation, Command, ExportedFrame } from '../../shared/messages.js';
import { annotationFor, annotationText, supportsAnnotations } from '../canvas/annotations.js';
import { findAnnotation } from '../canvas/items.js';
import type { FrameLike } from '../canvas/nodes.js';
import { EarlierRuns, type Previous, previousIndex } from './previous.js';
import { hashOfAnnotation } from './provenance.js';

/** What the preview must know of a target besides its picture and layers. */
export async function describeTarget(
  command: Command,
  sourceId: string,
  target: FrameLike,
): Promise<Pick<ExportedFrame, 'changed'>> {
  if (command !== 'transfer-annotations') return {};
  const changed = await changedAnnotations(sourceId, target);
  return changed.length === 0 ? {} : { changed };
}

/** The annotations of earlier runs from this source whose words someone has changed on the target since. */
async function changedAnnotations(sourceId: string, target: FrameLike): Promise<ChangedAnnotation[]> {
  const earlier = await new EarlierRuns().on(target);
  const changed: ChangedAnnotation[] = [];
  for (const previous of earlier) {
    if (previous.record.sourceId !== sourceId) continue;
    const text = await wordsOfNow(previous, earlier);
    if (text !== null) changed.push({ itemId: previous.record.itemId, text });
  }
  return changed;
}

/**
 * The words that an annotation of an earlier run has now; null if it was not changed, or became what the source has. An
 * annotation has no id, so those of the layer that no run has placed may be the changed one.
 */
async function wordsOfNow(previous: Previous, earlier: readonly Previous[]): Promise<string | null> {
  const { record, node } = previous;
  if (record.kind !== 'annotation' || node === null || !supportsAnnotations(node)) return null;
  if (previousIndex(node, previous) >= 0) return null;
  const original = await findAnnotation(record.itemId);
  const wanted = original === null ? null : annotationFor(node, original);
  if (wanted === null) return null;
  const placed = new Set(earlier.flatMap((one) => (one.record.kind === 'annotation' ? [one.record.hash] : [])));
  const hashes = node.annotations.map(hashOfAnnotation);
  if (hashes.includes(hashOfAnnotation(wanted))) return null;
  const others = node.annotations.filter((_, index) => !placed.has(hashes[index] ?? ''));
  return others.length === 0 ? null : others.map(annotationText).join(' · ');
}
