import type { Json, RawNode } from './spec.js';

type Define = (make: (name: string) => string) => string;
type Fields = { [name: string]: Json };

/** Fill and stroke of a node as SVG attributes, or null when it has neither. */
export function paintAttributes(node: RawNode, define: Define): string | null {
  const fill = paintOf(node.props.fills ?? null, define);
  const stroke = paintOf(node.props.strokes ?? null, define);
  if (fill === null && stroke === null) return null;
  const { strokeWeight = 1, strokeCap } = node.props;
  const cap = strokeCap === 'ROUND' ? ' stroke-linecap="round" stroke-linejoin="round"' : '';
  const line =
    stroke === null
      ? ''
      : `stroke="${stroke.color}" stroke-opacity="${stroke.opacity}" stroke-width="${Number(strokeWeight)}"${cap}`;
  return `fill="${fill?.color ?? 'none'}" fill-opacity="${fill?.opacity ?? 1}" ${line}`;
}

function paintOf(paints: Json, define: Define): { color: string; opacity: number } | null {
  const top = Array.isArray(paints) ? paints.filter(isFields).findLast((paint) => paint.visible !== false) : undefined;
  if (top === undefined) return null;
  const opacity = typeof top.opacity === 'number' ? top.opacity : 1;
  if (top.type === 'SOLID') return { color: hex(top.color ?? null), opacity };
  if (top.type !== 'GRADIENT_LINEAR' || !Array.isArray(top.gradientStops)) return null;
  const stops = top.gradientStops
    .filter(isFields)
    .map((stop) => `<stop offset="${Number(stop.position)}" stop-color="${hex(stop.color ?? null)}"/>`);
  const id = define(
    (name) => `<linearGradient id="${name}" x1="0" y1="0" x2="1" y2="1">${stops.join('')}</linearGradient>`,
  );
  return { color: `url(#${id})`, opacity };
}

function isFields(value: Json): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hex(color: Json): string {
  if (!isFields(color)) return '#000000';
  const parts = [color.r, color.g, color.b].map((part) => Math.round(Number(part) * 255));
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
