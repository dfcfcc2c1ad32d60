import type { RawNode } from '../spec.js';
import { isFields } from './fields.js';

/** The path of a node in its own coordinates. */
export function outline(node: RawNode, grow = 0): string {
  const { width: w, height: h } = node;
  if (node.type === 'LINE') return `M0 0H${w}`;
  if (node.type === 'VECTOR') return vectorPath(node);
  if (node.type === 'ELLIPSE') return ellipse(node, grow);
  return roundedRectangle(
    -grow,
    -grow,
    w + grow,
    h + grow,
    radii(node).map((radius) => Math.max(0, radius + (radius > 0 ? grow : 0))),
  );
}

/** Corner radii clockwise from the top left, no longer than half an edge (typings: `cornerRadius`). */
function radii({ props, width, height }: RawNode): number[] {
  const names = ['topLeftRadius', 'topRightRadius', 'bottomRightRadius', 'bottomLeftRadius'];
  return names.map((name) => Math.min(Number(props[name] ?? 0), width / 2, height / 2));
}

function roundedRectangle(
  left: number,
  top: number,
  right: number,
  bottom: number,
  [a = 0, b = 0, c = 0, d = 0]: number[],
) {
  const arc = (radius: number, x: number, y: number) => (radius > 0 ? `A${radius} ${radius} 0 0 1 ${x} ${y}` : '');
  return (
    `M${left + a} ${top}H${right - b}${arc(b, right, top + b)}V${bottom - c}${arc(c, right - c, bottom)}` +
    `H${left + d}${arc(d, left, bottom - d)}V${top + a}${arc(a, left + a, top)}Z`
  );
}

/** An ellipse, a ring or a sector (typings: `ArcData`). */
function ellipse({ width, height, props }: RawNode, grow: number): string {
  const [rx, ry] = [width / 2 + grow, height / 2 + grow];
  const [cx, cy] = [width / 2, height / 2];
  const arcData = isFields(props.arcData) ? props.arcData : {};
  const { startingAngle = 0, endingAngle = 2 * Math.PI, innerRadius = 0 } = arcData;
  const [start, end, inner] = [Number(startingAngle), Number(endingAngle), Number(innerRadius)];
  const isWhole = Math.abs(end - start) >= 2 * Math.PI - 1e-4;
  const ring = (x: number, y: number, sweep: number) =>
    `M${cx - x} ${cy}A${x} ${y} 0 1 ${sweep} ${cx + x} ${cy}A${x} ${y} 0 1 ${sweep} ${cx - x} ${cy}Z`;
  if (isWhole) return ring(rx, ry, 1) + (inner > 0 ? ring(rx * inner, ry * inner, 0) : '');
  const at = (angle: number, scale: number) =>
    `${cx + Math.cos(angle) * rx * scale} ${cy + Math.sin(angle) * ry * scale}`;
  const isLarge = Math.abs(end - start) > Math.PI ? 1 : 0;
  const outer = `M${at(start, 1)}A${rx} ${ry} 0 ${isLarge} 1 ${at(end, 1)}`;
  if (inner <= 0) return `${outer}L${cx} ${cy}Z`;
  return `${outer}L${at(end, inner)}A${rx * inner} ${ry * inner} 0 ${isLarge} 0 ${at(start, inner)}Z`;
}

function vectorPath({ props }: RawNode): string {
  const paths = Array.isArray(props.vectorPaths) ? props.vectorPaths.filter(isFields) : [];
  return paths.map((path) => String(path.data)).join(' ');
}

/** Whether strokes have an inside and an outside. */
export function isClosed(node: RawNode): boolean {
  return node.type !== 'LINE' && node.type !== 'VECTOR' && node.type !== 'TEXT';
}
