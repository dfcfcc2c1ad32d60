import type { Affine, Point } from '@samepoint/shared-protocol';
import { compose, IDENTITY, toRows, translation } from '../../shared/affine.js';
import { boxOfOutline, mapOutline, pathData } from '../../shared/outline.js';
import { exportedBox } from '../canvas/export-space.js';
import { canvasToChildren, canvasTransform } from '../canvas/nodes.js';
import type { Journal } from './journal.js';
import type { MarkLook, MarkOperation, Written } from './operations.js';
import { removePrevious } from './previous.js';
import { clearProvenance, writeOrigin } from './provenance.js';
import { insertOnTarget } from './write-overlay.js';

/** A dot in the middle of a region, in canvas units. */
const DOT = { size: 12, edge: 2 } as const;

/** Adds an outline, a mask group or a dot, in place of that of an earlier run. */
export function writeMark(operation: MarkOperation, journal: Journal): Written {
  const { target, sourceId, itemId, previous } = operation;
  const node = operation.masked === null ? addShape(operation, journal) : addMaskGroup(operation, journal);
  const record = { kind: 'node', sourceId, itemId, nodeId: node.id } as const;
  writeOrigin(node, record, target.id, journal);
  const isUpdate = previous !== null && removePrevious(previous, journal);
  return { outcome: isUpdate ? 'updated' : 'created', record };
}

type Placed = SceneNode & LayoutMixin;

function addShape(operation: MarkOperation, journal: Journal): Placed {
  const { node, place } = createShape(operation, journal);
  insertOnTarget(node, operation);
  leaveFlow(node, operation.parent);
  move(node, place, operation);
  return node;
}

/** A layer with the transform from its own coordinates to those of the target's export, in canvas units. */
interface Shape {
  node: Placed & (VectorNode | EllipseNode);
  place: Affine;
}

/** The vector of an outline, or a dot. */
function createShape({ mark, target, look }: MarkOperation, journal: Journal): Shape {
  const { shape, name } = mark;
  const { size } = exportedBox(target);
  const toTarget = ({ x, y }: Point): Point => ({ x: x * size.width, y: y * size.height });
  if (shape.kind === 'point') return createDot(toTarget(shape.point), name, look, journal);
  const outline = mapOutline(shape.outline, toTarget);
  const { x, y } = boxOfOutline(outline) ?? { x: 0, y: 0 };
  const vector = figma.createVector();
  journal.created(vector);
  vector.name = name;
  // a vector is as large as its paths, which start at its own corner
  const data = pathData(mapOutline(outline, (point) => ({ x: point.x - x, y: point.y - y })));
  vector.vectorPaths = [{ windingRule: 'EVENODD', data }];
  Object.assign(vector, look);
  return { node: vector, place: translation(x, y) };
}

function createDot({ x, y }: Point, name: string, look: MarkLook, journal: Journal): Shape {
  const dot = figma.createEllipse();
  journal.created(dot);
  dot.name = name;
  dot.resize(DOT.size, DOT.size);
  const [paint] = [...look.strokes, ...look.fills].filter(({ visible }) => visible !== false);
  dot.fills = paint === undefined ? [] : [paint];
  dot.strokes = [{ type: 'SOLID', color: { r: 1, g: 1, b: 1 } }];
  dot.strokeWeight = DOT.edge;
  dot.strokeAlign = 'OUTSIDE';
  return { node: dot, place: translation(x - DOT.size / 2, y - DOT.size / 2) };
}

/** A group of the region as a mask and of a picture of the target, at the target's place. */
function addMaskGroup(operation: MarkOperation, journal: Journal): GroupNode {
  const { parent, mark, masked, target } = operation;
  const { node: mask, place } = createShape(operation, journal);
  Object.assign(mask, { fills: [{ type: 'SOLID', color: { r: 0, g: 0, b: 0 } }], strokes: [], opacity: 1 });
  const picture = createPicture(operation, journal);
  parent.appendChild(mask);
  parent.appendChild(picture);
  const group = figma.group([mask, picture], parent);
  journal.created(group);
  group.name = mark.name;
  // only now, since a mask masks all later siblings
  mask.isMask = true;
  insertOnTarget(group, operation);
  leaveFlow(group, parent);
  move(mask, place, operation);
  if (masked !== null && 'imageHash' in masked) move(picture, IDENTITY, operation);
  else picture.relativeTransform = toRows(compose(canvasToChildren(parent), canvasTransform(target)));
  return group;
}

/** A copy of a picture, or a rectangle with the image of the target. */
function createPicture({ target, masked }: MarkOperation, journal: Journal): Placed {
  if (masked !== null && !('imageHash' in masked)) {
    const copy = masked.clone();
    journal.created(copy);
    copy.annotations = [];
    clearProvenance(copy);
    return copy;
  }
  const rectangle = figma.createRectangle();
  journal.created(rectangle);
  rectangle.name = target.name;
  const { size } = exportedBox(target);
  rectangle.resize(size.width, size.height);
  rectangle.fills = [{ type: 'IMAGE', scaleMode: 'FILL', imageHash: masked?.imageHash ?? null }];
  return rectangle;
}

/** Takes the layer out of auto layout. */
function leaveFlow(node: Placed | GroupNode, parent: BaseNode & ChildrenMixin): void {
  if ('layoutMode' in parent && parent.layoutMode !== 'NONE') node.layoutPositioning = 'ABSOLUTE';
}

/** @param place maps the layer's coordinates to those of the target's export */
function move(node: Placed, place: Affine, { target, parent }: MarkOperation): void {
  node.relativeTransform = toRows(compose(canvasToChildren(parent), compose(exportedBox(target).toCanvas, place)));
}
