import { messageOf } from '../../shared/text.js';
import { type TrackOutput, type TrackToMain, trackItemId } from '../../shared/tracking.js';
import { type FrameLike, findFrame, findSceneNode, isPicture } from '../canvas/nodes.js';
import type { MarkLook, MarkOperation, Plan } from './operations.js';
import { placeParent } from './place-parent.js';
import type { EarlierRuns } from './previous.js';

/** Finds all nodes that the writes need, and stores the images that are masked. */
export async function planTrack(
  source: FrameLike,
  { tracking, targets }: Pick<TrackToMain, 'tracking' | 'targets'>,
  earlier: EarlierRuns,
): Promise<Plan> {
  const plan: Plan = { operations: [], skipped: [], tracking };
  for (const { targetId, marks } of targets) {
    const target = await findFrame(targetId);
    const planned = await planTarget(target, source, tracking.output);
    for (const mark of marks) {
      const itemId = trackItemId(mark.regionId);
      if (typeof planned === 'string' || target === null) {
        plan.skipped.push({ targetId, itemId, reason: String(planned) });
        continue;
      }
      const base = { itemId, sourceId: source.id, target, previous: await earlier.find(source, target, itemId) };
      plan.operations.push({ ...base, kind: 'mark', mark, ...planned, look: await lookOf(mark.regionId, mark.colour) });
    }
  }
  return plan;
}

/** @returns the reason if nothing can be placed */
async function planTarget(
  target: FrameLike | null,
  source: FrameLike,
  output: TrackOutput,
): Promise<Pick<MarkOperation, 'parent' | 'masked'> | string> {
  if (target === null) return 'The frame was deleted.';
  if (target.id === source.id) return 'The annotated frame has the region itself.';
  const parent = placeParent(target);
  if (output !== 'masks') return { parent, masked: null };
  if (isPicture(target)) return { parent, masked: target };
  try {
    const bytes = await target.exportAsync({
      format: 'PNG',
      constraint: { type: 'SCALE', value: imageScale(target) },
      colorProfile: 'SRGB',
      useAbsoluteBounds: true,
      contentsOnly: true,
    });
    return { parent, masked: { imageHash: figma.createImage(bytes).hash } };
  } catch (error) {
    return `Figma can’t make an image of the frame: ${messageOf(error)}.`;
  }
}

/** The image of a masked frame, in pixels. */
const IMAGE = {
  maxScale: 2,
  /** Figma accepts images of up to 4096 px a side. */
  maxSidePx: 4000,
} as const;

function imageScale({ width, height }: FrameLike): number {
  return Math.min(IMAGE.maxScale, IMAGE.maxSidePx / Math.max(width, height));
}

/** The look of a region that is a drawn shape; for other regions a line in the colour of the preview. */
async function lookOf(regionId: string, colour: string): Promise<MarkLook> {
  const line: MarkLook = {
    fills: [],
    strokes: [{ type: 'SOLID', color: rgbOf(colour) }],
    ...{ strokeWeight: 2, strokeAlign: 'CENTER', strokeJoin: 'ROUND', dashPattern: [], opacity: 1 },
    blendMode: 'NORMAL',
  };
  const region = await findSceneNode(regionId);
  if (region === null || !isDrawn(region) || region.isMask || isPicture(region)) return line;
  const { fills, strokes, strokeWeight, strokeAlign, strokeJoin, dashPattern, opacity } = region;
  const { blendMode } = region;
  if (fills === figma.mixed || strokeWeight === figma.mixed || strokeJoin === figma.mixed) return line;
  if (![...fills, ...strokes].some(({ visible }) => visible !== false)) return line;
  // groups pass through, shapes do not
  const blend = blendMode === 'PASS_THROUGH' ? 'NORMAL' : blendMode;
  return { fills, strokes, strokeWeight, strokeAlign, strokeJoin, dashPattern, opacity, blendMode: blend };
}

type Drawn = VectorNode | RectangleNode | EllipseNode | PolygonNode | StarNode;
const DRAWN: ReadonlySet<string> = new Set(['VECTOR', 'RECTANGLE', 'ELLIPSE', 'POLYGON', 'STAR']);

function isDrawn(node: SceneNode): node is Drawn {
  return DRAWN.has(node.type);
}

function rgbOf(hex: string): RGB {
  const value = Number.parseInt(hex.slice(1), 16);
  return { r: (value >> 16) / 255, g: ((value >> 8) & 0xff) / 255, b: (value & 0xff) / 255 };
}
