import sharp from 'sharp';
import { blending, visibleItems } from './drawing/fields.js';
import { outline } from './drawing/outline.js';
import { type FillImage, type PaintContext, paintAttributes } from './drawing/paint.js';
import { drawDropShadows, drawInnerShadows, drawShape, drawStrokes, fillRule, layerBlur } from './drawing/shape.js';
import { imageBytes, imageSize, imageUrl } from './images.js';
import { IDENTITY, inverse, multiply } from './matrix.js';
import type { Matrix, RawNode, RenderRequest } from './spec.js';

/** Renders a node as PNG. */
export async function renderPng(request: RenderRequest): Promise<Uint8Array<ArrayBuffer>> {
  const png = await sharp(Buffer.from(toSvg(request, usedImages(request))))
    .png()
    .toBuffer();
  return new Uint8Array(png);
}

function usedImages({ nodes }: RenderRequest): Map<string, FillImage> {
  const used = new Map<string, FillImage>();
  const paints = nodes.flatMap(({ props }) => [...visibleItems(props.fills), ...visibleItems(props.strokes)]);
  for (const { type, imageHash } of paints) {
    const hash = String(imageHash);
    if (type !== 'IMAGE' || used.has(hash)) continue;
    const [bytes, href] = [imageBytes(hash), imageUrl(hash)];
    const size = bytes === null ? null : imageSize(bytes);
    if (size !== null && href !== null) used.set(hash, { href, ...size });
  }
  return used;
}

/** Renders a node as SVG with its corner at (0,0). Text becomes outlines. */
export function toSvg(
  { nodes, rootId, width, height, absolute, widthPx, heightPx, contentsOnly }: RenderRequest,
  images: ReadonlyMap<string, FillImage> = new Map(),
): string {
  const drawing = new Drawing(new Map(nodes.map((node) => [node.id, node])), images);
  const root = drawing.get(rootId);
  const own = hasOwnSpace(root) ? drawing.node({ ...root, matrix: IDENTITY }) : drawing.node(root);
  const shown = contentsOnly ? own : drawing.children(drawing.pageOf(root));
  // a group is drawn in the space of its container
  const outer = contentsOnly ? drawing.absolute(root) : IDENTITY;
  const content = `<g transform="${transform(multiply(inverse(absolute), outer))}">${shown}</g>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}" ` +
    `viewBox="0 0 ${width} ${height}" preserveAspectRatio="none"><defs>${drawing.definitions.join('')}</defs>${content}</svg>`
  );
}

class Drawing {
  readonly definitions: string[] = [];
  private readonly context: PaintContext;

  constructor(
    private readonly nodes: ReadonlyMap<string, RawNode>,
    images: ReadonlyMap<string, FillImage>,
  ) {
    this.context = { define: (make) => this.define(make), images };
  }

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
    const ids = parent.props.itemReverseZIndex === true ? [...parent.childIds].reverse() : parent.childIds;
    for (const child of ids.map((id) => this.get(id))) {
      if (child.props.isMask === true && child.props.visible !== false) {
        if (isMasked) svg += '</g>';
        svg += `<g clip-path="url(#${this.clip(outline(child), child.matrix, fillRule(child))})">`;
        isMasked = true;
      } else svg += this.node(child);
    }
    return isMasked ? `${svg}</g>` : svg;
  }

  node(node: RawNode): string {
    const { visible, opacity } = node.props;
    if (visible === false || node.type === 'SLICE') return '';
    const place = hasOwnSpace(node) ? ` transform="${transform(node.matrix)}"` : '';
    const faded = typeof opacity === 'number' ? ` opacity="${opacity}"` : '';
    const attributes = `${place}${faded}${blending(node.props.blendMode)}${layerBlur(node, this.context)}`;
    return `<g${attributes}>${this.content(node)}</g>`;
  }

  private content(node: RawNode): string {
    if (node.type === 'GROUP' || node.type === 'PAGE') return this.children(node);
    if (node.type === 'BOOLEAN_OPERATION') return this.combined(node);
    const { context } = this;
    const shape = drawDropShadows(node, context) + drawShape(node, context) + drawInnerShadows(node, context);
    return shape + this.contents(node) + drawStrokes(node, context);
  }

  private contents(node: RawNode): string {
    if (node.type === 'SECTION' && node.props.sectionContentsHidden === true) return '';
    const isFrame = ['FRAME', 'COMPONENT', 'COMPONENT_SET', 'INSTANCE'].includes(node.type);
    if (!isFrame || node.props.clipsContent === false) return this.children(node);
    return `<g clip-path="url(#${this.clip(outline(node))})">${this.children(node)}</g>`;
  }

  /** The shapes of a boolean operation in its own paints. Unions and exclusions keep all, the others clip the first. */
  private combined(node: RawNode): string {
    const [first, ...others] = node.childIds.map((id) => this.get(id)).filter((child) => child.props.visible !== false);
    if (first === undefined) return '';
    const operation = node.props.booleanOperation;
    const paths = (shapes: RawNode[], attributes: string) =>
      shapes.map((one) => `<path d="${outline(one)}" transform="${transform(one.matrix)}" ${attributes}/>`).join('');
    const kept = operation === 'SUBTRACT' || operation === 'INTERSECT' ? [first] : [first, ...others];
    const painted = visibleItems(node.props.fills)
      .map((paint) => paths(kept, paintAttributes(paint, 'fill', first, this.context)))
      .join('');
    if (operation === 'SUBTRACT') {
      const around = 'x="-1000" y="-1000" width="20000" height="20000"';
      const mask = this.define(
        (id) =>
          `<mask id="${id}" maskUnits="userSpaceOnUse" ${around}><rect ${around} fill="#fff"/>${paths(others, 'fill="#000"')}</mask>`,
      );
      return `<g mask="url(#${mask})">${painted}</g>`;
    }
    if (operation !== 'INTERSECT') return painted;
    return others.reduce(
      (svg, other) => `<g clip-path="url(#${this.clip(outline(other), other.matrix)})">${svg}</g>`,
      painted,
    );
  }

  private clip(path: string, matrix: Matrix = IDENTITY, rule = 'nonzero'): string {
    const attributes = `d="${path}" clip-rule="${rule}" transform="${transform(matrix)}"`;
    return this.define((id) => `<clipPath id="${id}"><path ${attributes}/></clipPath>`);
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
