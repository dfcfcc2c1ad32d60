import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { boxOfOutline, mapOutline } from '../shared/outline.js';
import type { ExportedRegion } from '../shared/tracking.js';
import { type HashedFrame, hashFrame } from './flow/request.js';
import { colourNumber, labelColours, markLabel, placeOf, readPalette } from './flow/track/label-pixels.js';
import { traceOutline } from './flow/track/trace-outline.js';
import type {
  FlatRegions,
  MaskResult,
  TrackEffect,
  TrackEvent,
  TrackedFrame,
  TrackedRegion,
  TrackLabel,
  TrackRun,
} from './flow/track/track-state.js';
import { createCanvas, encodePng } from './pictures-canvas.js';
import { decodePng } from './views/opaque-picture.js';

/** Draws what the flow asks for. */
export async function drawTrack(effect: TrackEffect): Promise<TrackEvent> {
  const { run } = effect;
  try {
    if (effect.type === 'track.flatten') {
      return { type: 'track.flattened', jobId: run.jobId, flat: await flatten(run, effect.regions) };
    }
    return { type: 'track.traced', jobId: run.jobId, frames: await traceAll(run, effect.labels, effect.masks) };
  } catch {
    return { type: 'track.undrawable', jobId: run.jobId };
  }
}

/** Draws all regions into one mask of the annotated frame's size. Later regions cover earlier ones. */
async function flatten(run: TrackRun, regions: readonly ExportedRegion[]): Promise<FlatRegions> {
  const source = run.frames.find(({ nodeId }) => nodeId === run.sourceId);
  if (source === undefined) throw new Error('the annotated frame is missing');
  const { width, height } = source;
  const pixels = new Uint8Array(width * height);
  const notices: string[] = [];
  const isOutside = new Set<string>();
  for (const [index, region] of regions.entries()) {
    const rgba = await drawRegion(region, width, height);
    if (markLabel(pixels, rgba, index + 1, region.shape.kind === 'image') > 0) continue;
    isOutside.add(region.nodeId);
    notices.push(`“${region.name}” is left out: it lies outside of the annotated frame, or is too thin.`);
  }
  const colours = labelColours(regions.length);
  const labels = regions.flatMap(({ nodeId, name }, index): TrackLabel[] => {
    const place = placeOf(pixels, index + 1, width);
    if (place === null && !isOutside.has(nodeId)) notices.push(`“${name}” is left out: other regions cover it.`);
    return place === null ? [] : [{ regionId: nodeId, name, colour: colours[index] ?? '#ff00ff', ...place }];
  });
  const png = await encodeMask(pixels, colours, width, height);
  const frames: HashedFrame[] = [];
  for (const frame of run.frames) frames.push(await redraw(frame, width, height));
  return { labels, mask: { imageId: bytesToHex(sha256(png)), png, width, height }, frames, notices };
}

async function drawRegion({ shape }: ExportedRegion, width: number, height: number): Promise<Uint8ClampedArray> {
  const { context } = createCanvas(width, height);
  const { a, b, c, d, e, f } = shape.transform;
  context.setTransform(a, b, c, d, e, f);
  if (shape.kind === 'paths') {
    for (const { data, evenOdd } of shape.paths) context.fill(new Path2D(data), evenOdd ? 'evenodd' : 'nonzero');
  } else {
    const bitmap = await decodePng(shape.png);
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
  }
  return context.getImageData(0, 0, width, height).data;
}

function encodeMask(pixels: Uint8Array, colours: readonly string[], width: number, height: number) {
  const { canvas, context } = createCanvas(width, height);
  const image = context.createImageData(width, height);
  for (const [pixel, label] of pixels.entries()) {
    if (label === 0) continue;
    const colour = colourNumber(colours[label - 1] ?? '#ff00ff');
    image.data.set([colour >> 16, (colour >> 8) & 0xff, colour & 0xff, 0xff], 4 * pixel);
  }
  context.putImageData(image, 0, 0);
  return encodePng(canvas);
}

/** The frame at another size; the daemon compares frames of one size. A damaged one is left to the daemon, which names it. */
async function redraw(frame: HashedFrame, width: number, height: number): Promise<HashedFrame> {
  if (frame.width === width && frame.height === height) return frame;
  const bitmap = await decodePng(frame.png).catch(() => null);
  if (bitmap === null) return frame;
  const { canvas, context } = createCanvas(width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return hashFrame({ ...frame, png: await encodePng(canvas), width, height });
}

async function traceAll(
  run: TrackRun,
  labels: readonly TrackLabel[],
  masks: readonly MaskResult[],
): Promise<TrackedFrame[]> {
  const frames: TrackedFrame[] = [];
  for (const mask of masks) frames.push({ targetId: mask.targetId, regions: await trace(run, labels, mask) });
  return frames;
}

async function trace(
  { frames }: TrackRun,
  labels: readonly TrackLabel[],
  { targetId, png, confidences }: MaskResult,
): Promise<TrackedRegion[]> {
  const frame = frames.find(({ nodeId }) => nodeId === targetId);
  if (frame === undefined) return [];
  const { width, height } = frame;
  const { context } = createCanvas(width, height);
  const bitmap = await decodePng(png);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  // confidences are in the order of the labels' indices, which leave out the background
  const colours = labels.map(({ colour }) => colourNumber(colour));
  const order = readPalette(png).filter((colour) => colours.includes(colour));
  return labels.map(({ regionId, name, colour }): TrackedRegion => {
    const own = colourNumber(colour);
    const confidence = confidences[order.indexOf(own)] ?? null;
    const lost = { regionId, mark: null, confidence: 0, box: null };
    if (confidence === null) return lost;
    const isInside = (pixel: number) =>
      data[4 * pixel] === own >> 16 &&
      data[4 * pixel + 1] === ((own >> 8) & 0xff) &&
      data[4 * pixel + 2] === (own & 0xff);
    const rings = traceOutline(isInside, width, height);
    const box = boxOfOutline(rings);
    if (box === null) return lost;
    const outline = mapOutline(rings, ({ x, y }) => ({ x: x / width, y: y / height }));
    return { regionId, mark: { regionId, name, colour, shape: { kind: 'outline', outline } }, confidence, box };
  });
}
