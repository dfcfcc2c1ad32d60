import type { Affine } from '@samepoint/shared-protocol';
import { compose } from '../../shared/affine.js';
import { type ExportedRegion, MAX_REGIONS } from '../../shared/tracking.js';
import { exportDrawn } from './export-pictures.js';
import { canvasToPixels, exportWidth } from './export-space.js';
import { canvasTransform, type FrameLike, findSceneNode, hasLayout, isPicture, isVisible } from './nodes.js';

/**
 * The regions to track, in pixels of the annotated frame's export. A shape is taken by its outline, whatever its paints:
 * an open line is closed. Frames and text are taken by their box. Groups and pictures are where they show something.
 * @returns also a sentence for each region that cannot be used
 */
export async function collectRegions(
  source: FrameLike,
  regionIds: readonly string[],
): Promise<{ regions: ExportedRegion[]; notices: string[] }> {
  const regions: ExportedRegion[] = [];
  const notices: string[] = [];
  const toPixels = canvasToPixels(source);
  const scale = exportWidth(source.width, source.height) / source.width;
  for (const nodeId of regionIds.slice(0, MAX_REGIONS)) {
    const node = await findSceneNode(nodeId);
    if (node === null || toPixels === null || !hasLayout(node)) {
      notices.push(node === null ? 'A region was deleted.' : `“${node.name}” is left out: it has no shape.`);
      continue;
    }
    const shape = isVisible(node) ? await shapeOf(node, scale, toPixels) : 'it is hidden';
    if (typeof shape === 'string') notices.push(`“${node.name}” is left out: ${shape}.`);
    else regions.push({ nodeId, name: node.name, shape });
  }
  return { regions, notices };
}

type Drawn = SceneNode & LayoutMixin;

/** @returns why there is none, to end a sentence */
async function shapeOf(node: Drawn, scale: number, toPixels: Affine): Promise<ExportedRegion['shape'] | string> {
  const paths = pathsOf(node);
  if (paths.length > 0) return { kind: 'paths', paths, transform: compose(toPixels, canvasTransform(node)) };
  const exported = await exportDrawn(node, scale, toPixels);
  if (exported === 'unclear') return 'it is rotated or flipped. Flatten it first';
  return exported === null ? 'it shows nothing' : { kind: 'image', ...exported };
}

type Paths = Extract<ExportedRegion['shape'], { kind: 'paths' }>['paths'];

/** In the node's own coordinates; empty for a node whose pixels tell its shape. */
function pathsOf(node: Drawn): Paths {
  const { type } = node;
  if (type === 'GROUP' || type === 'BOOLEAN_OPERATION' || isPicture(node)) return [];
  if ('vectorPaths' in node) return node.vectorPaths.map(toPath);
  const isShape = node.type !== 'TEXT' && 'fillGeometry' in node;
  const outline = isShape ? node.fillGeometry.map(toPath) : [];
  return outline.length > 0 ? outline : [{ data: boxPath(node.width, node.height), evenOdd: false }];
}

function toPath({ data, windingRule }: VectorPath): Paths[number] {
  return { data, evenOdd: windingRule === 'EVENODD' };
}

function boxPath(width: number, height: number): string {
  return `M 0 0 L ${width} 0 L ${width} ${height} L 0 ${height} Z`;
}
