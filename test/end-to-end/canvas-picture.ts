import type { FigmaHost, InspectedNode } from '../figma-host/figma-host.js';
import { interStyleSheet } from '../figma-host/fonts.js';
import { boundsOf, inverse, multiply } from '../figma-host/matrix.js';
import type { Json } from '../figma-host/spec.js';

/** One picture of a film: frames on a canvas, maybe the plugin window, and a caption. */
export interface Scene {
  caption: string;
  /** Frames on the canvas as HTML, from `drawFrame`. */
  frames: readonly CanvasFrame[];
  /** PNG of the plugin window; null while it is closed. */
  window: Uint8Array | null;
  /** Position of the pointer in the plugin window, in CSS px. */
  pointer: { x: number; y: number } | null;
  /** Number of this caption and of all captions, from 1. */
  step: number;
  steps: number;
}

/** A frame of the document with its annotations. */
export interface CanvasFrame {
  name: string;
  width: number;
  height: number;
  png: Uint8Array;
  marks: readonly Mark[];
  isSelected: boolean;
}

/** An annotated layer: its bounds as fractions of the frame, and the numbers of its annotations. */
interface Mark {
  left: number;
  top: number;
  width: number;
  height: number;
  numbers: readonly number[];
}

/** Size of a scene in CSS px. */
export const SCENE = { width: 960, height: 700 };
const MARGIN = 24;
const GAP = 22;
const CAPTION = 66;
const WINDOW = { width: 340, height: 560, bar: 36 };
/** Pixels of an exported frame per canvas unit. */
const EXPORT_SCALE = 2;

/** Renders a frame of the document. Equal annotations get equal numbers: their index in `labels`, from 1. */
export async function drawFrame(
  host: FigmaHost,
  frameId: string,
  labels: readonly string[],
  isSelected: boolean,
): Promise<CanvasFrame> {
  const frame = host.node(frameId);
  const { width, height, props } = frame;
  const png = await host.export(frameId, EXPORT_SCALE);
  const marks = annotatedIn(host, frameId).map((node) => markOf(host, node, frame, labels));
  return { name: String(props.name), width, height, png, marks, isSelected };
}

/** The labels of all annotations in a frame, in layer order. */
export function labelsIn(host: FigmaHost, frameId: string): string[] {
  return annotatedIn(host, frameId).flatMap((node) => host.annotations(node.id).map(labelOf));
}

function annotatedIn(host: FigmaHost, frameId: string): InspectedNode[] {
  const nodes = new Map(host.nodes().map((node) => [node.id, node]));
  const isInside = (node: InspectedNode) => {
    for (let id = node.parentId; id !== null; id = nodes.get(id)?.parentId ?? null) if (id === frameId) return true;
    return false;
  };
  return [...nodes.values()].filter((node) => isInside(node) && host.annotations(node.id).length > 0);
}

function labelOf(annotation: Json): string {
  if (typeof annotation !== 'object' || annotation === null || Array.isArray(annotation)) return '';
  return String(annotation.labelMarkdown ?? annotation.label);
}

function markOf(host: FigmaHost, node: InspectedNode, frame: InspectedNode, labels: readonly string[]): Mark {
  const { x, y, width, height } = boundsOf(multiply(inverse(frame.absolute), node.absolute), node.width, node.height);
  return {
    left: x / frame.width,
    top: y / frame.height,
    width: width / frame.width,
    height: height / frame.height,
    numbers: host.annotations(node.id).map((annotation) => labels.indexOf(labelOf(annotation)) + 1),
  };
}

/** HTML of a scene. */
export function sceneHtml(scene: Scene): string {
  const { frames, window, pointer } = scene;
  const room = SCENE.width - 2 * MARGIN - (window === null ? 0 : WINDOW.width + GAP);
  const spread = frames.reduce((sum, { width }) => sum + width, 0);
  const tallest = Math.max(...frames.map(({ height }) => height));
  const height = SCENE.height - CAPTION - MARGIN - 40;
  const zoom = Math.min((room - (frames.length - 1) * GAP) / spread, height / tallest);
  return `<style>${FONTS}${STYLE}</style><header>${captionHtml(scene)}</header>
    <main><div class="frames${window === null ? '' : ' beside-window'}" style="width:${room}px;--pin:${pinSize(zoom)}px">${frames.map((frame) => frameHtml(frame, zoom)).join('')}</div>
    ${window === null ? '' : windowHtml(window, pointer)}</main>`;
}

/** Diameter of a pin in CSS px. It grows less than the frames, so that numbers stay legible. */
function pinSize(zoom: number): number {
  return Math.round(8 + 17 * zoom);
}

function captionHtml({ caption, step, steps }: Scene): string {
  const dots = Array.from({ length: steps }, (_, index) => `<i class="${index + 1 === step ? 'dot now' : 'dot'}"></i>`);
  return `<b class="number">${step}</b><span>${caption}</span><span class="dots">${dots.join('')}</span>`;
}

function frameHtml({ name, width, height, png, marks, isSelected }: CanvasFrame, zoom: number): string {
  const size = `width:${width * zoom}px;height:${height * zoom}px`;
  return `<figure class="frame${isSelected ? ' selected' : ''}" style="width:${width * zoom}px"><figcaption>${name}</figcaption>
    <div class="stage" style="${size}"><img src="${dataUrl(png)}" style="${size}">${marks.map(markHtml).join('')}</div></figure>`;
}

/** An outline around the layer, with its numbers. */
function markHtml({ left, top, width, height, numbers }: Mark): string {
  const percent = (fraction: number) => `${100 * fraction}%`;
  const pins = numbers.map(
    (number, index) =>
      `<b class="pin" style="left:calc(${percent(left)} + ${index * 1.1} * var(--pin));top:${percent(top)}">${number}</b>`,
  );
  return `<i class="outline" style="left:${percent(left)};top:${percent(top)};width:${percent(width)};height:${percent(height)}"></i>${pins.join('')}`;
}

function windowHtml(png: Uint8Array, pointer: Scene['pointer']): string {
  const arrow =
    pointer === null ? '' : `<svg class="pointer" style="left:${pointer.x}px;top:${pointer.y}px" ${ARROW}</svg>`;
  return `<figure class="window"><figcaption>Samepoint</figcaption><div class="stage"><img src="${dataUrl(png)}">${arrow}</div></figure>`;
}

function dataUrl(png: Uint8Array): string {
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}

const ARROW = `viewBox="0 0 24 24" width="26" height="26"><path d="M4 2l6.2 17.5 2.6-7.1 7.2-2.5z" fill="#111"
  stroke="#fff" stroke-width="1.8" stroke-linejoin="round"/>`;

const FONTS = interStyleSheet();

const STYLE = `
  body { margin: 0; width: ${SCENE.width}px; height: ${SCENE.height}px; background: #e6e8ec; color: #1e1e1e;
    font: 12px Inter, sans-serif; overflow: hidden; }
  header { height: ${CAPTION}px; padding: 0 ${MARGIN}px; display: flex; align-items: center; gap: 12px; background: #fff;
    font-size: 21px; font-weight: 600; letter-spacing: -0.01em; box-sizing: border-box; border-bottom: 1px solid #d6d9df; }
  .number { width: 30px; height: 30px; border-radius: 15px; background: #7b3ff2; color: #fff; font-size: 16px;
    line-height: 30px; text-align: center; }
  .dots { margin-left: auto; display: flex; gap: 8px; }
  .dot { width: 8px; height: 8px; border-radius: 4px; background: #d6d9df; }
  .dot.now { background: #7b3ff2; }
  main { height: ${SCENE.height - CAPTION}px; padding: 0 ${MARGIN}px; display: flex; align-items: center; gap: ${GAP}px; }
  figure { margin: 0; }
  .stage { position: relative; }
  .stage img { display: block; }
  .frames { display: flex; align-items: flex-start; justify-content: space-evenly; }
  .frames.beside-window { justify-content: space-between; }
  .frame figcaption { height: 22px; line-height: 16px; color: #5f6673; font-weight: 500; white-space: nowrap; }
  .selected figcaption { color: #0d99ff; }
  .selected .stage { outline: 2px solid #0d99ff; }
  .outline { position: absolute; border: 1.5px solid #7b3ff2; border-radius: 3px; box-sizing: border-box; }
  .pin { position: absolute; min-width: var(--pin); height: var(--pin); border-radius: var(--pin); background: #7b3ff2;
    margin: calc(var(--pin) * -0.7) 0 0 calc(var(--pin) * -0.7); color: #fff; text-align: center; font-weight: 600;
    font-size: calc(var(--pin) * 0.64); line-height: var(--pin); }
  .window { flex: none; width: ${WINDOW.width}px; border-radius: 12px; overflow: hidden; background: #fff;
    box-shadow: 0 6px 24px #0003; }
  .window figcaption { height: ${WINDOW.bar}px; line-height: ${WINDOW.bar}px; padding: 0 16px; font-weight: 600;
    border-bottom: 1px solid #e6e6e6; box-sizing: border-box; }
  .window img { width: ${WINDOW.width}px; height: ${WINDOW.height}px; }
  .pointer { position: absolute; filter: drop-shadow(0 1px 2px #0006); }
`;
