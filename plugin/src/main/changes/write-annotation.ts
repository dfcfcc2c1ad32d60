import { toPlainAnnotation } from '../canvas/annotations.js';
import type { Journal } from './journal.js';
import type { AnnotateOperation, Written } from './operations.js';
import { previousIndex, removePrevious, setAnnotations } from './previous.js';
import { hashOfAnnotation } from './provenance.js';

/**
 * Adds the annotation to its layer after the existing ones, or replaces the one of an earlier run.
 * An equal annotation that the plugin did not write stays unchanged.
 */
export function writeAnnotation(operation: AnnotateOperation, journal: Journal): Written {
  const { layer, annotation, previous, sourceId, itemId } = operation;
  const hash = hashOfAnnotation(annotation);
  const record = { kind: 'annotation', sourceId, itemId, nodeId: layer.id, hash } as const;
  const replaced = previous?.node?.id === layer.id ? previousIndex(layer, previous) : -1;
  const isUpdate = replaced >= 0 || (previous !== null && removePrevious(previous, journal));
  const others = layer.annotations.filter((_, index) => index !== replaced).map(toPlainAnnotation);
  if (others.some((other) => hashOfAnnotation(other) === hash)) {
    if (replaced >= 0) setAnnotations(layer, others, journal);
    if (isUpdate) return { outcome: 'updated', record };
    return { outcome: 'skipped', record: null, reason: `“${layer.name}” already has this annotation.` };
  }
  const index = replaced >= 0 ? replaced : others.length;
  setAnnotations(layer, [...others.slice(0, index), annotation, ...others.slice(index)], journal);
  return { outcome: isUpdate ? 'updated' : 'created', record };
}
