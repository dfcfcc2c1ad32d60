import type { Layer } from '@samepoint/shared-protocol';
import { LIMITS } from '@samepoint/shared-protocol/limits';
import { applyToBox, compose } from '../../shared/affine.js';
import type { Command, ExportedFrame, MainToUi, Problem, UiToMain } from '../../shared/messages.js';
import { messageOf } from '../../shared/text.js';
import type { ExportedRegion } from '../../shared/tracking.js';
import { supportsAnnotations } from './annotations.js';
import { exportImage } from './export-image.js';
import { collectRegions } from './export-regions.js';
import { canvasToPixels } from './export-space.js';
import { findFrames, type Outcome } from './find-frames.js';
import {
  type CollectedItems,
  collectAnnotations,
  collectLayerItems,
  collectOverlays,
  type Fingerprints,
} from './items.js';
import { canvasTransform, type FrameLike, hasBox, mainComponentOf, ownBox, walkVisible } from './nodes.js';
import { isPin } from './plugin-data.js';
import { ReferenceReader } from './references.js';

type ExportRequest = Extract<UiToMain, { type: 'export.start' }>;
/** What else is sent with a target. */
type DescribeTarget = (target: FrameLike) => Promise<Partial<ExportedFrame>>;

/**
 * Sends an export of the source and of each target, one after another so that memory holds one image at a time, then
 * the items. A target that cannot be exported does not stop the others. Returns without a message once `isCancelled` is true.
 * @param describeTarget what else is sent with each target
 * @returns the fingerprints of the exported annotations
 */
export async function exportFrames(
  request: ExportRequest,
  send: (message: MainToUi) => void,
  isCancelled: () => boolean,
  describeTarget: DescribeTarget = async () => ({}),
): Promise<Fingerprints> {
  try {
    const fingerprints = await exportAll(request, send, isCancelled, describeTarget);
    if (fingerprints.ok) return fingerprints.value;
    send({ type: 'export.failed', problem: fingerprints.problem });
  } catch (error) {
    if (isCancelled()) return new Map();
    const message = `The frames can’t be read: ${messageOf(error)}.`;
    send({ type: 'export.failed', problem: { message, hint: 'Try again. If it fails again, choose other frames.' } });
  }
  return new Map();
}

async function exportAll(
  request: ExportRequest,
  send: (message: MainToUi) => void,
  isCancelled: () => boolean,
  describeTarget: DescribeTarget,
): Promise<Outcome<Fingerprints>> {
  const cancelled = { ok: true, value: new Map() } as const;
  const needed = [request.sourceId, ...(request.afterId === undefined ? [] : [request.afterId])];
  const found = await findFrames(needed, request.targetIds);
  if (!found.ok) return found;
  const { frames, failed } = found.value;
  for (const target of failed) send({ type: 'export.frame-failed', ...target });
  const total = frames.length + failed.length;
  const overlayIds = new Set(request.overlayIds);
  const sourceLayerIds = new Set<string>();
  const references = new ReferenceReader();
  const truncated: string[] = [];
  const failures = failed.map(({ problem }) => problem);
  for (const [index, frame] of frames.entries()) {
    const exported = await exportFrame(frame, { command: request.command, excluded: overlayIds, references });
    if (isCancelled()) return cancelled;
    if (!exported.ok) {
      failures.push(exported.problem);
      // nothing can be transferred from a source that failed, or to targets that all did
      if (index === 0 || failures.length === total - 1) return exported;
      send({ type: 'export.frame-failed', nodeId: frame.id, name: frame.name, problem: exported.problem });
      continue;
    }
    const { layers } = exported.value;
    if (index === 0) for (const { layerId } of layers) sourceLayerIds.add(layerId);
    if (layers.length === LIMITS.layersPerFrame) truncated.push(truncatedNotice(frame));
    const details = index === 0 ? {} : await describeTarget(frame);
    if (isCancelled()) return cancelled;
    const exportedFrame = { ...exported.value, ...details };
    send({ type: 'export.frame', frame: exportedFrame, done: index + 1, total });
  }
  const [source] = frames;
  if (source === undefined) return cancelled;
  const { items, notices, fingerprints, regions } = await collectItems(request, source, sourceLayerIds);
  if (isCancelled()) return cancelled;
  if (items.length === 0 && TRANSFERS_ITEMS.has(request.command))
    return { ok: false, problem: nothingToTransfer(request.command, source) };
  const all = [...truncated, ...notices];
  send({ type: 'export.done', items, notices: all, ...(regions === undefined ? {} : { regions }) });
  return { ok: true, value: fingerprints };
}

/** Commands that need something to transfer. The others compare the frames themselves. */
const TRANSFERS_ITEMS: ReadonlySet<Command> = new Set(['transfer-annotations', 'transfer-layers', 'select-matching']);

type Collected = CollectedItems & { regions?: ExportedRegion[] };

async function collectItems(
  request: ExportRequest,
  source: FrameLike,
  exportedIds: ReadonlySet<string>,
): Promise<Collected> {
  const none = { items: [], notices: [], fingerprints: new Map() };
  if (request.command === 'track-frames') return { ...none, ...(await collectRegions(source, request.overlayIds)) };
  if (!TRANSFERS_ITEMS.has(request.command)) return none;
  switch (request.command) {
    case 'transfer-layers':
      return collectOverlays(source, request.overlayIds);
    case 'select-matching':
      return collectLayerItems(request.layerIds, exportedIds);
    default:
      return collectAnnotations(source, exportedIds);
  }
}

export interface LayerOptions {
  command: Command;
  /** Ids of layers that are transferred, not compared. */
  excluded: ReadonlySet<string>;
  references: ReferenceReader;
}

/** The image and the layers of a frame. */
export async function exportFrame(frame: FrameLike, options: LayerOptions): Promise<Outcome<ExportedFrame>> {
  const image = await exportImage(frame);
  if (!image.ok) return image;
  // whole pictures are tracked, whatever their layers are
  const layers = options.command === 'track-frames' ? [] : await collectLayers(frame, options);
  const component = mainComponentOf(frame);
  const mainComponent = component === null ? {} : { mainComponent: component.name };
  return { ok: true, value: { nodeId: frame.id, name: frame.name, ...image.value, layers, ...mainComponent } };
}

/**
 * Collects the visible layers of a frame, the frame itself first, without `excluded`. Boxes are in pixels of the export.
 * At most `LIMITS.layersPerFrame`, without pins of notes and layers whose id is too long for the protocol.
 */
async function collectLayers(
  frame: FrameLike,
  { command, excluded, references: reader }: LayerOptions,
): Promise<Layer[]> {
  const toPixels = canvasToPixels(frame);
  if (toPixels === null) return [];
  const layers: Layer[] = [];
  const nodes = new Map<string, SceneNode>();
  const pins = new Set<string>();
  walkVisible(frame, (node) => {
    if (excluded.has(node.id) || node.id.length > LIMITS.idChars || !hasBox(node)) return true;
    const parentId = node.id === frame.id ? undefined : node.parent?.id;
    if (isPin(node) || pins.has(parentId ?? '')) {
      pins.add(node.id);
      return true;
    }
    layers.push({
      layerId: node.id,
      ...(parentId !== undefined && nodes.has(parentId) ? { parentId } : {}),
      type: node.type,
      name: node.name.slice(0, LIMITS.nameChars),
      ...(node.type === 'TEXT' ? { text: node.characters.slice(0, LIMITS.textChars) } : {}),
      box: applyToBox(compose(toPixels, canvasTransform(node)), ownBox(node)),
      candidate: canBeCounterpart(node, command),
    });
    nodes.set(node.id, node);
    return layers.length < LIMITS.layersPerFrame;
  });
  return Promise.all(
    layers.map(async (layer) => {
      const node = nodes.get(layer.layerId);
      const references = node === undefined ? undefined : await reader.read(node);
      return references === undefined ? layer : { ...layer, references };
    }),
  );
}

/** Annotations need a layer that supports them; any layer can be selected or edited. */
function canBeCounterpart(node: SceneNode, command: Command): boolean {
  const isNoted = command === 'transfer-annotations' || command === 'transfer-layers';
  return !isNoted || supportsAnnotations(node);
}

function truncatedNotice(frame: FrameLike): string {
  return `“${frame.name}” has too many layers. Only the first ${LIMITS.layersPerFrame} are matched.`;
}

function nothingToTransfer(command: Command, source: FrameLike): Problem {
  if (command === 'transfer-layers') {
    return {
      message: 'No layers to transfer.',
      hint: 'Select callouts, arrows or stickers on the source frame, then try again.',
    };
  }
  if (command === 'select-matching') {
    return { message: 'None of the layers can be compared.', hint: 'Select visible layers, then try again.' };
  }
  return {
    message: `“${source.name}” has no annotations.`,
    hint: 'Add annotations in Figma, or choose another source.',
  };
}
