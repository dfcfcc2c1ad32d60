import { type Annotatable, carriesAnnotations, fingerprint, restate } from '../canvas/annotation-rules.js';
import type { Journal } from './journal.js';
import type { AnnotateOperation, Previous, Written } from './operations.js';

/**
 * Hangs the annotation on its layer beside those already there, or renews the one an earlier run put there.
 * An equal one by somebody else is left as it is.
 */
export function writeAnnotation(operation: AnnotateOperation, journal: Journal): Written {
  const { layer, annotation, previous, sourceId, itemId } = operation;
  const mark = fingerprint(annotation);
  const record = { kind: 'annotation', sourceId, itemId, nodeId: layer.id, fingerprint: mark } as const;
  const slot = previous?.node?.id === layer.id ? slotOf(layer, previous) : -1;
  const isRenewed = slot >= 0 || (previous !== null && retire(previous, journal));
  const others = layer.annotations.filter((_, index) => index !== slot).map(restate);
  if (others.some((other) => fingerprint(other) === mark)) {
    if (slot >= 0) setAnnotations(layer, others, journal);
    if (isRenewed) return { outcome: 'updated', record };
    return { outcome: 'skipped', record: null, reason: `“${layer.name}” already carries this annotation.` };
  }
  const at = slot >= 0 ? slot : others.length;
  setAnnotations(layer, [...others.slice(0, at), annotation, ...others.slice(at)], journal);
  return { outcome: isRenewed ? 'updated' : 'created', record };
}

/** Takes back what an earlier run placed for the item. False when it was no longer there. */
export function retire(previous: Previous, journal: Journal): boolean {
  const { node, record } = previous;
  if (node === null) return false;
  if (record.kind === 'node') {
    journal.removeAtEnd(node);
    return true;
  }
  if (!carriesAnnotations(node)) return false;
  const slot = slotOf(node, previous);
  if (slot < 0) return false;
  const kept = node.annotations.filter((_, index) => index !== slot).map(restate);
  setAnnotations(node, kept, journal);
  return true;
}

/** Index of the annotation an earlier run put on the layer; -1 when the designer changed or removed it. */
function slotOf(layer: Annotatable, { record }: Previous): number {
  if (record.kind !== 'annotation') return -1;
  return layer.annotations.findIndex((annotation) => fingerprint(annotation) === record.fingerprint);
}

function setAnnotations(layer: Annotatable, next: Annotation[], journal: Journal): void {
  const before = layer.annotations.map(restate);
  journal.changed(() => {
    if (!layer.removed) layer.annotations = before;
  });
  layer.annotations = next;
}
