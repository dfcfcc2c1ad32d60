import { LIMITS } from '@samepoint/shared-protocol/limits';
import type { Command, ExportedFrame, ExportedItem, MainToUi, Problem } from '../../shared/messages.js';
import { readPngSize } from '../../shared/png-size.js';
import { ASPECT_TOLERANCE_PX } from '../tables.js';
import { collectAnnotationItems } from './annotations.js';
import { exportWidth } from './export-space.js';
import { collectLayers } from './layers.js';
import { findScreen, type ScreenNode } from './nodes.js';
import { annotationNotices } from './notices.js';
import { collectOverlayItems } from './overlays.js';
import { whyBlocked } from './selection.js';

export interface ExportChoice {
  command: Command;
  sourceId: string;
  targetIds: readonly string[];
  overlayIds: readonly string[];
}

/** What the exported annotations said, by item. */
export type Marks = ReadonlyMap<string, string>;
const NO_MARKS: Marks = new Map();

type Outcome<T> = { ok: true; value: T } | { ok: false; problem: Problem };

/**
 * Sends the pictures of the source and of every target, one after another so that only one is in memory,
 * then the items. Stops without a word when `isCancelled` says so.
 * @returns what each annotation said, by item
 */
export async function exportChoice(
  choice: ExportChoice,
  send: (message: MainToUi) => void,
  isCancelled: () => boolean,
): Promise<Marks> {
  try {
    return await exportAll(choice, send, isCancelled);
  } catch (error) {
    const message = `The frames could not be read: ${error instanceof Error ? error.message : String(error)}.`;
    send({ type: 'export.failed', problem: { message, hint: 'Try again; if it happens again, choose other frames.' } });
    return NO_MARKS;
  }
}

async function exportAll(
  choice: ExportChoice,
  send: (message: MainToUi) => void,
  isCancelled: () => boolean,
): Promise<Marks> {
  const fail = (problem: Problem): Marks => {
    send({ type: 'export.failed', problem });
    return NO_MARKS;
  };
  const frames = await findFrames([choice.sourceId, ...choice.targetIds]);
  if (!frames.ok) return fail(frames.problem);
  const overlayIds = new Set(choice.overlayIds);
  const known = new Set<string>();
  const crowded: string[] = [];
  for (const [index, frame] of frames.value.entries()) {
    const exported = await exportFrame(frame, overlayIds);
    if (isCancelled()) return NO_MARKS;
    if (!exported.ok) return fail(exported.problem);
    const { layers } = exported.value;
    if (index === 0) for (const { layerId } of layers) known.add(layerId);
    if (layers.length === LIMITS.layersPerFrame) crowded.push(crowdedNotice(frame));
    send({ type: 'export.frame', frame: exported.value, done: index + 1, total: frames.value.length });
  }
  const [source] = frames.value;
  if (source === undefined) return NO_MARKS;
  const { items, notices, marks } = await collectItems(choice, source, known);
  if (isCancelled()) return NO_MARKS;
  if (items.length === 0) return fail(nothingToCarry(choice.command, source));
  send({ type: 'export.done', items, notices: [...crowded, ...notices] });
  return marks;
}

async function findFrames(nodeIds: readonly string[]): Promise<Outcome<ScreenNode[]>> {
  const frames: ScreenNode[] = [];
  for (const nodeId of new Set(nodeIds)) {
    const frame = await findScreen(nodeId);
    if (frame === null) {
      const message = 'A chosen frame is no longer in this file.';
      return { ok: false, problem: { message, hint: 'Select the frames again.' } };
    }
    const blocked = whyBlocked(frame);
    if (blocked !== null) return { ok: false, problem: { message: blocked, hint: 'Or choose other frames.' } };
    frames.push(frame);
  }
  return { ok: true, value: frames };
}

async function exportFrame(frame: ScreenNode, leaveOut: ReadonlySet<string>): Promise<Outcome<ExportedFrame>> {
  const picture = await exportPicture(frame);
  if (!picture.ok) return picture;
  const { png, width, height } = picture.value;
  const layers = collectLayers(frame, leaveOut);
  return { ok: true, value: { nodeId: frame.id, name: frame.name, png, width, height, layers } };
}

async function exportPicture(frame: ScreenNode): Promise<Outcome<{ png: Uint8Array; width: number; height: number }>> {
  const value = exportWidth(frame.width, frame.height);
  try {
    const png = await frame.exportAsync({
      format: 'PNG',
      constraint: { type: 'WIDTH', value },
      colorProfile: 'SRGB',
      useAbsoluteBounds: true,
      contentsOnly: true,
    });
    const size = readPngSize(png);
    const expectedHeight = size === null ? 0 : (size.width * frame.height) / frame.width;
    if (size === null || Math.abs(size.height - expectedHeight) > ASPECT_TOLERANCE_PX) {
      return { ok: false, problem: cannotExport(frame, 'the picture has other proportions than the frame') };
    }
    return { ok: true, value: { png, ...size } };
  } catch (error) {
    return { ok: false, problem: cannotExport(frame, error instanceof Error ? error.message : String(error)) };
  }
}

function cannotExport(frame: ScreenNode, reason: string): Problem {
  return {
    message: `Figma could not make a picture of “${frame.name}”: ${reason}.`,
    hint: 'Check that the frame is visible, not rotated and has content, then try again.',
  };
}

async function collectItems(
  { command, overlayIds }: ExportChoice,
  source: ScreenNode,
  known: ReadonlySet<string>,
): Promise<{ items: ExportedItem[]; notices: string[]; marks: Marks }> {
  if (command === 'transfer-layers') {
    return { ...(await collectOverlayItems(source, overlayIds)), marks: NO_MARKS };
  }
  const { items, notices, marks } = collectAnnotationItems(source, known);
  return { items, marks, notices: [...notices, ...annotationNotices(source)] };
}

function crowdedNotice(frame: ScreenNode): string {
  return `“${frame.name}” has too many layers; only the first ${LIMITS.layersPerFrame} can be matched.`;
}

function nothingToCarry(command: Command, source: ScreenNode): Problem {
  if (command === 'transfer-layers') {
    return {
      message: 'No layer is chosen to carry over.',
      hint: 'Select callouts, arrows or stickers on the source, then try again.',
    };
  }
  return {
    message: `“${source.name}” has no annotations.`,
    hint: 'Annotate it with Figma’s annotation tool, or choose another source.',
  };
}
