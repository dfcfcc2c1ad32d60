import { compose, toRows } from '../../shared/affine.js';
import { canvasToChildren } from '../canvas/nodes.js';
import type { Journal } from './journal.js';
import type { PictureOperation, Written } from './operations.js';
import { removePrevious } from './previous.js';
import { writeOrigin } from './provenance.js';
import { insertOnTarget } from './write-overlay.js';

/** Adds a rectangle with the image, in place of that of an earlier run. */
export function writePicture(operation: PictureOperation, journal: Journal): Written {
  const { target, parent, sourceId, itemId, previous, size, place } = operation;
  const rectangle = figma.createRectangle();
  journal.created(rectangle);
  rectangle.name = operation.name;
  rectangle.resize(size.width, size.height);
  rectangle.fills = operation.fills;
  insertOnTarget(rectangle, operation);
  if ('layoutMode' in parent && parent.layoutMode !== 'NONE') rectangle.layoutPositioning = 'ABSOLUTE';
  rectangle.relativeTransform = toRows(compose(canvasToChildren(parent), place));
  const record = { kind: 'node', sourceId, itemId, nodeId: rectangle.id } as const;
  writeOrigin(rectangle, record, target.id, journal);
  const isUpdate = previous !== null && removePrevious(previous, journal);
  return { outcome: isUpdate ? 'updated' : 'created', record };
}
