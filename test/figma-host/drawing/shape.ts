import type { RawNode } from '../spec.js';
import { alpha, blending, type Fields, hex, isFields, visibleItems } from './fields.js';
import { isClosed, outline } from './outline.js';
import { type PaintContext, paintAttributes } from './paint.js';
import { drawText, textOutline } from './text.js';

/** The fills of a node, then its strokes, each list bottom to top. */
export function drawShape(node: RawNode, context: PaintContext): string {
  if (node.type === 'TEXT') return drawText(node, context);
  const path = outline(node);
  const fills = visibleItems(node.props.fills).map(
    (paint) => `<path d="${path}" fill-rule="${fillRule(node)}" ${paintAttributes(paint, 'fill', node, context)}/>`,
  );
  return fills.join('');
}

/** Of the fills of a node. */
export function fillRule(node: RawNode): 'evenodd' | 'nonzero' {
  const [first] = Array.isArray(node.props.vectorPaths) ? node.props.vectorPaths.filter(isFields) : [];
  return first?.windingRule === 'EVENODD' ? 'evenodd' : 'nonzero';
}

const SIDES = ['Top', 'Right', 'Bottom', 'Left'] as const;

function weights(node: RawNode): number[] {
  const whole = Number(node.props.strokeWeight ?? 1);
  return SIDES.map((side) => Number(node.props[`stroke${side}Weight`] ?? whole));
}

/** The strokes of a node, over its contents. */
export function drawStrokes(node: RawNode, context: PaintContext): string {
  const paints = visibleItems(node.props.strokes);
  if (paints.length === 0 || node.type === 'TEXT') return '';
  const [first = 0, ...rest] = weights(node);
  const isEven = rest.every((weight) => weight === first);
  return paints
    .map((paint) => (isEven ? drawStroke(node, paint, first, context) : drawSides(node, paint, context)))
    .join('');
}

/** An inside or outside stroke is one of double weight, clipped (typings: `strokeAlign`). */
function drawStroke(node: RawNode, paint: Fields, weight: number, context: PaintContext): string {
  if (weight <= 0) return '';
  const { strokeCap, strokeJoin, dashPattern, strokeAlign = 'INSIDE' } = node.props;
  const path = outline(node);
  const isRound = strokeCap === 'ROUND';
  const cap = isRound ? ' stroke-linecap="round"' : strokeCap === 'SQUARE' ? ' stroke-linecap="square"' : '';
  const join =
    isRound || strokeJoin === 'ROUND'
      ? ' stroke-linejoin="round"'
      : strokeJoin === 'BEVEL'
        ? ' stroke-linejoin="bevel"'
        : '';
  const dashes =
    Array.isArray(dashPattern) && dashPattern.length > 0 ? ` stroke-dasharray="${dashPattern.join(' ')}"` : '';
  const isCentred = strokeAlign === 'CENTER' || !isClosed(node);
  const width = isCentred ? weight : weight * 2;
  const line = `<path d="${path}" fill="none" stroke-width="${width}"${cap}${join}${dashes} ${paintAttributes(paint, 'stroke', node, context)}/>`;
  if (isCentred) return line;
  if (strokeAlign === 'INSIDE') {
    const clip = context.define((id) => `<clipPath id="${id}"><path d="${path}"/></clipPath>`);
    return `<g clip-path="url(#${clip})">${line}</g>`;
  }
  const { width: w, height: h } = node;
  const around = `x="${-weight}" y="${-weight}" width="${w + weight * 2}" height="${h + weight * 2}"`;
  const mask = context.define(
    (id) =>
      `<mask id="${id}" maskUnits="userSpaceOnUse" ${around}><rect ${around} fill="#fff"/><path d="${path}" fill="#000"/></mask>`,
  );
  return `<g mask="url(#${mask})">${line}</g>`;
}

/** Strokes of different weights, inside the shape (typings: IndividualStrokesMixin). */
function drawSides(node: RawNode, paint: Fields, context: PaintContext): string {
  const [top = 0, right = 0, bottom = 0, left = 0] = weights(node);
  const { width: w, height: h } = node;
  const inner = `M${left} ${top}V${h - bottom}H${w - right}V${top}Z`;
  const clip = context.define((id) => `<clipPath id="${id}"><path d="${outline(node)}"/></clipPath>`);
  const attributes = paintAttributes(paint, 'fill', node, context);
  return `<path d="M0 0H${w}V${h}H0Z${inner}" fill-rule="evenodd" clip-path="url(#${clip})" ${attributes}/>`;
}

interface Shadow {
  x: number;
  y: number;
  radius: number;
  spread: number;
  paint: string;
}

function shadowsOf(node: RawNode, type: string): Shadow[] {
  return visibleItems(node.props.effects)
    .filter((effect) => effect.type === type)
    .map((effect) => {
      const offset = isFields(effect.offset) ? effect.offset : {};
      return {
        x: Number(offset.x ?? 0),
        y: Number(offset.y ?? 0),
        radius: Number(effect.radius ?? 0),
        spread: Number(effect.spread ?? 0),
        paint: `fill="${hex(effect.color)}" fill-opacity="${alpha(effect.color)}"${blending(effect.blendMode)}`,
      };
    });
}

function blur(radius: number, { define }: PaintContext): string {
  const id = define(
    (name) =>
      `<filter id="${name}" x="-100%" y="-100%" width="300%" height="300%"><feGaussianBlur stdDeviation="${radius / 2}"/></filter>`,
  );
  return ` filter="url(#${id})"`;
}

/** The drop shadows of a node, behind it. */
export function drawDropShadows(node: RawNode, context: PaintContext): string {
  return shadowsOf(node, 'DROP_SHADOW')
    .map(({ x, y, radius, spread, paint }) => {
      const path = node.type === 'TEXT' ? textOutline(node) : outline(node, spread);
      return `<path d="${path}" transform="translate(${x} ${y})" ${paint}${blur(radius, context)}/>`;
    })
    .join('');
}

/** The inner shadows of a node, over its fills. */
export function drawInnerShadows(node: RawNode, context: PaintContext): string {
  const shadows = shadowsOf(node, 'INNER_SHADOW');
  if (shadows.length === 0 || !isClosed(node)) return '';
  const clip = context.define((id) => `<clipPath id="${id}"><path d="${outline(node)}"/></clipPath>`);
  const { width: w, height: h } = node;
  const drawn = shadows.map(({ x, y, radius, spread, paint }) => {
    const far = Math.abs(x) + Math.abs(y) + radius * 2 + 10;
    const around = `M${-far} ${-far}V${h + far}H${w + far}V${-far}Z`;
    const path = `${around}${outline(node, -spread)}`;
    return `<path d="${path}" fill-rule="evenodd" transform="translate(${x} ${y})" ${paint}${blur(radius, context)}/>`;
  });
  return `<g clip-path="url(#${clip})">${drawn.join('')}</g>`;
}

/** The filter of a layer blur, as an attribute. */
export function layerBlur(node: RawNode, context: PaintContext): string {
  const effect = visibleItems(node.props.effects).find((one) => one.type === 'LAYER_BLUR');
  return effect === undefined ? '' : blur(Number(effect.radius ?? 0), context);
}
