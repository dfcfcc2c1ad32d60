import type { Affine } from '@samepoint/shared-protocol';
import { compose, scaling, translation } from '../../shared/affine.js';
import type { MainToUi } from '../../shared/messages.js';
import type { ExportedOverlay, PicturesToMain } from '../../shared/pictures.js';
import { exportImage, readPngSize } from './export-image.js';
import { canvasToPixels, exportWidth, imageToCanvas, isUpright, spaceOfImage } from './export-space.js';
import { findFrames } from './find-frames.js';
import { compareLayerOrder, type FrameLike, findSceneNode, hasLayout, isVisible } from './nodes.js';

type Request = Extract<PicturesToMain, { type: 'pictures.export' }>;
type Drawn = SceneNode & LayoutMixin;

/**
 * Sends the images of the source, of its edited version and of each target, then those of the layers drawn over the source.
 * Nothing is written to the document. Returns without a message once `isCancelled` is true.
 */
export async function exportPictures(
  request: Request,
  send: (message: MainToUi) => void,
  isCancelled: () => boolean,
): Promise<void> {
  const { sourceId, afterId, targetIds, overlayIds } = request;
  const found = await findFrames([sourceId, ...(afterId === null ? [] : [afterId])], targetIds);
  if (!found.ok) return send({ type: 'export.failed', problem: found.problem });
  const { frames, failed } = found.value;
  for (const target of failed) send({ type: 'pictures.frame-failed', ...target });
  const total = frames.length + failed.length;
  const failures = failed.map(({ problem }) => problem);
  for (const [index, frame] of frames.entries()) {
    const image = await exportImage(frame);
    if (isCancelled()) return;
    if (image.ok) {
      const exported = { nodeId: frame.id, name: frame.name, ...image.value, layers: [] };
      send({ type: 'pictures.frame', frame: exported, done: index + 1, total });
      continue;
    }
    failures.push(image.problem);
    const isNeeded = frame.id === sourceId || frame.id === afterId;
    if (isNeeded || failures.length === targetIds.length)
      return send({ type: 'export.failed', problem: image.problem });
    send({ type: 'pictures.frame-failed', nodeId: frame.id, name: frame.name, problem: image.problem });
  }
  const [source] = frames;
  if (source === undefined) return;
  const { overlays, notices } = await exportOverlays(source, overlayIds);
  if (!isCancelled()) send({ type: 'pictures.exported', overlays, notices });
}

async function exportOverlays(source: FrameLike, overlayIds: readonly string[]) {
  const toPixels = canvasToPixels(source);
  const notices: string[] = [];
  const overlays: ExportedOverlay[] = [];
  const nodes = (await Promise.all(overlayIds.map(findSceneNode))).filter((node) => node !== null);
  if (nodes.length < overlayIds.length) notices.push('A selected layer was deleted and is skipped.');
  for (const node of nodes.sort(compareLayerOrder)) {
    const reason = toPixels === null || !hasLayout(node) ? 'it has no size' : reasonToSkip(node);
    if (reason !== null || toPixels === null || !hasLayout(node)) {
      notices.push(`“${node.name}” is skipped: ${reason}.`);
      continue;
    }
    const scale = exportWidth(source.width, source.height) / source.width;
    notices.push(...notCarried(node, scale));
    const exported = await exportDrawn(node, scale, toPixels);
    if (exported === null) notices.push(`“${node.name}” is skipped: it can’t be exported.`);
    else if (exported === 'unclear') notices.push(`“${node.name}” is skipped: ${UNCLEAR}.`);
    else overlays.push({ nodeId: node.id, name: node.name, ...exported });
  }
  return { overlays, notices };
}

function reasonToSkip(node: Drawn): string | null {
  if (!isVisible(node)) return 'it is hidden';
  if ('isMask' in node && node.isMask) return 'it is a mask. Group it with what it masks and select the group';
  return node.absoluteRenderBounds === null ? 'it is empty' : null;
}

/** Figma does not document what it exports, and the size of the image fits both. */
const UNCLEAR = 'it is rotated or flipped, and Figma doesn’t tell whether its export is. Flatten it first';

/** What an image of the layer does not show. */
function notCarried(node: Drawn, scale: number): string[] {
  const notices: string[] = [];
  if ('blendMode' in node && node.blendMode !== 'NORMAL' && node.blendMode !== 'PASS_THROUGH') {
    notices.push(`“${node.name}” is carried without its blend mode.`);
  }
  if ('effects' in node && node.effects.some(({ type, visible }) => visible && type === 'BACKGROUND_BLUR')) {
    notices.push(`“${node.name}” is carried without its background blur.`);
  }
  if (!isUpright(node, scale) && 'effects' in node && node.effects.length > 0) {
    notices.push(`“${node.name}” is rotated: its effects are cut at its edges.`);
  }
  return notices;
}

/**
 * An upright layer is exported with its strokes and shadows; its image covers `absoluteRenderBounds`. The image of a
 * rotated layer covers its own box or its bounding box on the canvas, by its size.
 */
export async function exportDrawn(
  node: Drawn,
  scale: number,
  toPixels: Affine,
): Promise<{ png: Uint8Array; transform: Affine } | 'unclear' | null> {
  const upright = isUpright(node, scale);
  const bounds = node.absoluteRenderBounds;
  if (bounds === null) return null;
  try {
    const png = await node.exportAsync({
      format: 'PNG',
      constraint: { type: 'SCALE', value: scale },
      colorProfile: 'SRGB',
      useAbsoluteBounds: !upright,
      contentsOnly: true,
    });
    const size = readPngSize(png);
    if (size === null) return null;
    if (upright) {
      const toBox = scaling(bounds.width / size.width, bounds.height / size.height);
      return { png, transform: compose(toPixels, compose(translation(bounds.x, bounds.y), toBox)) };
    }
    const space = spaceOfImage(node, scale, size);
    const toCanvas = space === null ? null : imageToCanvas(node, space, size);
    return toCanvas === null ? 'unclear' : { png, transform: compose(toPixels, toCanvas) };
  } catch {
    return null;
  }
}
