import sharp from 'sharp';
import { interFont, measureText, outlineText } from './fonts.js';
import { imageUrl } from './images.js';
import { IDENTITY, inverse, multiply } from './matrix.js';
import type { Json, Matrix, RawNode, RenderRequest } from './spec.js';
import { AUTO_LINE_HEIGHT, wrapLines } from './text-layout.js';

/** Renders a node as PNG. */
export async function renderPng(request: RenderRequest): Promise<Uint8Array<ArrayBuffer>> {
  const png = await sharp(Buffer.from(toSvg(request)))
    .png()
    .toBuffer();
  return new Uint8Array(png);
}

/** Renders a node as SVG with its corner at (0,0). Text becomes outlines. */
export function toSvg({ nodes, rootId, widthPx, heightPx, contentsOnly }: RenderRequest): string {
  const drawing = new Drawing(new Map(nodes.map((node) => [node.id, node])));
  const root = drawing.get(rootId);
  const content = contentsOnly
    ? drawing.node({ ...root, matrix: IDENTITY })
    : `<g transform="${transform(inverse(drawing.absolute(root)))}">${drawing.children(drawing.pageOf(root))}</g>`;
  const { width, height } = root;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}" ` +
    `viewBox="0 0 ${width} ${height}" preserveAspectRatio="none"><defs>${drawing.definitions.join('')}</defs>${content}</svg>`
  );
}

class Drawing {
  readonly definitions: string[] = [];

  constructor(private readonly nodes: ReadonlyMap<string, RawNode>) {}

  get(id: string): RawNode {
    const node = this.nodes.get(id);
    if (node === undefined) throw new Error(`no node ${id}`);
    return node;
  }

  /** The page of a node, or the topmost node that contains it. */
  pageOf(node: RawNode): RawNode {
    return node.type === 'PAGE' || node.parentId === null ? node : this.pageOf(this.get(node.parentId));
  }

  absolute(node: RawNode): Matrix {
    const parent = node.parentId === null ? null : this.get(node.parentId);
    const outer = parent === null ? IDENTITY : this.absolute(parent);
    return hasOwnSpace(node) ? multiply(outer, node.matrix) : outer;
  }

  /** Draws siblings in order. A mask clips all later siblings. */
  children(parent: RawNode): string {
    let svg = '';
    let isMasked = false;
    for (const child of parent.childIds.map((id) => this.get(id))) {
      if (child.props.isMask === true && child.props.visible !== false) {
        if (isMasked) svg += '</g>';
        const id = this.define(
          (name) =>
            `<clipPath id="${name}"><path d="${outline(child)}" transform="${transform(child.matrix)}"/></clipPath>`,
        );
        svg += `<g clip-path="url(#${id})">`;
        isMasked = true;
      } else svg += this.node(child);
    }
    return isMasked ? `${svg}</g>` : svg;
  }

  node(node: RawNode): string {
    if (node.props.visible === false || node.type === 'SLICE') return '';
    const opacity = typeof node.props.opacity === 'number' ? ` opacity="${node.props.opacity}"` : '';
    const place = hasOwnSpace(node) ? ` transform="${transform(node.matrix)}"` : '';
    return `<g${place}${opacity}>${this.shadow(node)}${this.shape(node)}${this.contents(node)}</g>`;
  }

  private contents(node: RawNode): string {
    const isFrame = ['FRAME', 'COMPONENT', 'COMPONENT_SET', 'INSTANCE'].includes(node.type);
    if (!isFrame || node.props.clipsContent === false) return this.children(node);
    const id = this.define((name) => `<clipPath id="${name}"><path d="${outline(node)}"/></clipPath>`);
    return `<g clip-path="url(#${id})">${this.children(node)}</g>`;
  }

  private shape(node: RawNode): string {
    if (node.type === 'GROUP' || node.type === 'PAGE') return '';
    const image = this.image(node);
    if (image !== null) return image;
    const paint = paintAttributes(node, (make) => this.define(make));
    return paint === null ? '' : `<path d="${node.type === 'TEXT' ? textOutline(node) : outline(node)}" ${paint}/>`;
  }

  /** A shape whose topmost visible fill is an image. */
  private image(node: RawNode): string | null {
    const fill = topPaint(node.props.fills ?? null);
    if (fill?.type !== 'IMAGE') return null;
    const url = imageUrl(String(fill.imageHash));
    if (url === null) return '';
    const id = this.define((name) => `<clipPath id="${name}"><path d="${outline(node)}"/></clipPath>`);
    const fit = fill.scaleMode === 'FIT' ? 'xMidYMid meet' : 'xMidYMid slice';
    const opacity = typeof fill.opacity === 'number' ? fill.opacity : 1;
    const size = `width="${node.width}" height="${node.height}" preserveAspectRatio="${fit}"`;
    return `<g clip-path="url(#${id})"><image href="${url}" ${size} opacity="${opacity}"/></g>`;
  }

  private shadow(node: RawNode): string {
    const { effects } = node.props;
    const [effect] = Array.isArray(effects) ? effects : [];
    if (typeof effect !== 'object' || effect === null || Array.isArray(effect)) return '';
    const { y = 0, radius = 0, opacity = 0.2 } = effect;
    const id = this.define(
      (name) =>
        `<filter id="${name}" x="-50%" y="-50%" width="200%" height="200%"><feGaussianBlur stdDeviation="${Number(radius) / 2}"/></filter>`,
    );
    return `<path d="${outline(node)}" transform="translate(0 ${Number(y)})" fill="#000" fill-opacity="${Number(opacity)}" filter="url(#${id})"/>`;
  }

  private define(make: (name: string) => string): string {
    const name = `d${this.definitions.length}`;
    this.definitions.push(make(name));
    return name;
  }
}

function hasOwnSpace(node: RawNode): boolean {
  return !['GROUP', 'BOOLEAN_OPERATION', 'PAGE', 'DOCUMENT'].includes(node.type);
}

function transform(matrix: Matrix): string {
  return `matrix(${matrix.join(' ')})`;
}

/** The path of a node in its own coordinates. */
function outline(node: RawNode): string {
  const { width: w, height: h } = node;
  if (node.type === 'LINE') return `M0 0H${w}`;
  if (node.type === 'VECTOR') return vectorPath(node.props.vectorPaths ?? null);
  if (node.type === 'ELLIPSE') return roundedRectangle(w, h, w / 2, h / 2);
  const radius = Math.min(Number(node.props.cornerRadius ?? 0), w / 2, h / 2);
  return radius > 0 ? roundedRectangle(w, h, radius, radius) : `M0 0H${w}V${h}H0Z`;
}

function roundedRectangle(w: number, h: number, rx: number, ry: number): string {
  const arc = (x: number, y: number) => `A${rx} ${ry} 0 0 1 ${x} ${y}`;
  return `M${rx} 0H${w - rx}${arc(w, ry)}V${h - ry}${arc(w - rx, h)}H${rx}${arc(0, h - ry)}V${ry}${arc(rx, 0)}Z`;
}

function vectorPath(paths: Json): string {
  if (!Array.isArray(paths)) return '';
  return paths
    .map((path) => (typeof path === 'object' && path !== null && !Array.isArray(path) ? String(path.data) : ''))
    .join(' ');
}

/** The outlines of a text node. */
function textOutline(node: RawNode): string {
  const { props } = node;
  const style = styleOf(props.fontName ?? null);
  const { ascender, descender, unitsPerEm } = interFont(style);
  const size = Number(props.fontSize ?? 12);
  const lineHeight = pixelsOf(props.lineHeight ?? null) ?? size * AUTO_LINE_HEIGHT;
  const characters = String(props.characters ?? '');
  const measure = (line: string) => measureText(line, style, size);
  const lines = props.textAutoResize === 'HEIGHT' ? wrapLines(characters, node.width, measure) : characters.split('\n');
  const top = props.textAlignVertical === 'CENTER' ? (node.height - lines.length * lineHeight) / 2 : 0;
  const baseline = (lineHeight + (size * (ascender + descender)) / unitsPerEm) / 2;
  return lines
    .map((line, index) => {
      const spare = node.width - measure(line);
      const x = spare * (LEFT_FRACTION[String(props.textAlignHorizontal)] ?? 0);
      return outlineText(line, style, size, x, top + index * lineHeight + baseline);
    })
    .join(' ');
}

/** The fraction of a line's spare width on its left. */
const LEFT_FRACTION: { readonly [align: string]: number } = { LEFT: 0, CENTER: 0.5, RIGHT: 1 };

function styleOf(fontName: Json): string {
  return typeof fontName === 'object' && fontName !== null && !Array.isArray(fontName)
    ? String(fontName.style)
    : 'Regular';
}

function pixelsOf(lineHeight: Json): number | null {
  if (typeof lineHeight !== 'object' || lineHeight === null || Array.isArray(lineHeight)) return null;
  return lineHeight.unit === 'PIXELS' ? Number(lineHeight.value) : null;
}

type Define = (make: (name: string) => string) => string;
type Fields = { [name: string]: Json };

/** Fill and stroke of a node as SVG attributes; null for neither. */
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

function topPaint(paints: Json): Fields | undefined {
  return Array.isArray(paints) ? paints.filter(isFields).findLast((paint) => paint.visible !== false) : undefined;
}

function paintOf(paints: Json, define: Define): { color: string; opacity: number } | null {
  const top = topPaint(paints);
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
