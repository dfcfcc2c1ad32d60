import { LIMITS } from '@samepoint/shared-protocol/limits';
import { diffDesigns } from '../edits/diff-designs.js';
import type { Edit } from '../edits/edit.js';
import { hiddenEditedLayers } from '../edits/hidden-edits.js';
import { layersByNeed } from '../edits/layers-by-need.js';
import type { Design } from '../shared/design.js';
import type { ExportedFrame, ExportedItem, MainToUi, Problem, UiToMain } from '../shared/messages.js';
import { count, listNames, messageOf } from '../shared/text.js';
import { exportFrame } from './canvas/export.js';
import { findFrames } from './canvas/find-frames.js';
import { ancestors, type FrameLike } from './canvas/nodes.js';
import { readDesign } from './canvas/read-design.js';
import { TokenReader } from './canvas/read-tokens.js';
import { ReferenceReader } from './canvas/references.js';
import { readAppliedRecords } from './changes/edits/edit-records.js';
import { loadRecording, type Recording } from './recordings.js';

type Request = Extract<UiToMain, { type: 'export.start' }>;
type Send = (message: MainToUi) => void;
type Outcome<T> = { ok: true; value: T } | { ok: false; problem: Problem };

/**
 * Sends the frames of a transfer of edits, or of a comparison: the source, for two versions the one after, then the targets,
 * each with its design. A recorded source is sent as it was recorded. The items are layers of the source, those that edits need first.
 * A target that cannot be exported does not stop the others. Returns without a message once `isCancelled` is true.
 */
export async function exportEdits(request: Request, send: Send, isCancelled: () => boolean): Promise<void> {
  try {
    const exported = await exportAll(request, send, isCancelled);
    if (!exported.ok && !isCancelled()) send({ type: 'export.failed', problem: exported.problem });
  } catch (error) {
    if (isCancelled()) return;
    const message = `The frames can’t be read: ${messageOf(error)}.`;
    send({ type: 'export.failed', problem: { message, hint: 'Try again. If it fails again, choose other frames.' } });
  }
}

async function exportAll(request: Request, send: Send, isCancelled: () => boolean): Promise<Outcome<null>> {
  const done = { ok: true, value: null } as const;
  const found = await findFrames([request.sourceId, ...versionIds(request)], request.targetIds);
  if (!found.ok) return found;
  const { frames, failed } = found.value;
  const [source, ...others] = frames;
  if (source === undefined) return done;
  const readers = { tokens: new TokenReader(), references: new ReferenceReader() };
  const hasRecords = others.some((target) => readAppliedRecords(target).length > 0);
  const first = await exportSource(request, source, readers, hasRecords);
  if (!first.ok || isCancelled()) return first.ok ? done : first;
  const { frame, after, items, notices } = first.value;
  const total = frames.length + failed.length;
  send({ type: 'export.frame', frame, done: 1, total });
  for (const target of failed) send({ type: 'export.frame-failed', ...target });
  let failures = failed.length;
  for (const [index, target] of others.entries()) {
    const exported = await exportEditable(target, readers);
    if (isCancelled()) return done;
    if (exported.ok) {
      send({ type: 'export.frame', frame: exported.value, done: index + 2, total });
      continue;
    }
    failures += 1;
    if (target.id === request.afterId || failures === request.targetIds.length) return exported;
    send({ type: 'export.frame-failed', nodeId: target.id, name: target.name, problem: exported.problem });
  }
  send({ type: 'export.done', items, notices, ...(after === null ? {} : { after }) });
  return done;
}

function versionIds({ command, afterId }: Request): string[] {
  return command !== 'transfer-edits' && afterId !== undefined ? [afterId] : [];
}

interface Readers {
  tokens: TokenReader;
  references: ReferenceReader;
}

interface ExportedSource {
  frame: ExportedFrame;
  /** Of a recorded frame, as it is now. */
  after: Design | null;
  items: ExportedItem[];
  notices: string[];
}

async function exportSource(
  request: Request,
  source: FrameLike,
  readers: Readers,
  hasRecords: boolean,
): Promise<Outcome<ExportedSource>> {
  const now = await exportEditable(source, readers);
  if (!now.ok) return now;
  if (request.command !== 'transfer-edits') {
    const { design } = now.value.edits;
    const { items, notices } = collectItems(layersByNeed([], design, design), now.value, design);
    return { ok: true, value: { frame: now.value, after: null, items, notices } };
  }
  const recording = await loadRecording(source.id);
  if (recording === null) return { ok: false, problem: notRecorded(source) };
  const after = now.value.edits.design;
  const edits = diffDesigns(recording.design, after);
  // without edits, what earlier runs wrote can still be taken back
  if (edits.length === 0 && !hasRecords) return { ok: false, problem: noEdits(source) };
  const frame = recordedFrame(now.value, recording);
  const { items, notices } = collectItems(layersByNeed(edits, recording.design, after), frame, recording.design);
  const hidden = hiddenNotice(edits, frame, recording.design, after);
  return { ok: true, value: { frame, after, items, notices: [...hidden, ...notices] } };
}

type EditableExport = ExportedFrame & Required<Pick<ExportedFrame, 'edits'>>;

async function exportEditable(frame: FrameLike, { tokens, references }: Readers): Promise<Outcome<EditableExport>> {
  const exported = await exportFrame(frame, { command: 'transfer-edits', excluded: new Set(), references });
  if (!exported.ok) return exported;
  const design = await readDesign(frame, tokens);
  const edits = { design, applied: readAppliedRecords(frame), warnings: warningsAbout(frame) };
  return { ok: true, value: { ...exported.value, edits } };
}

/** The frame as it was recorded. Without a recorded picture: as it is now, without layers that are new. */
function recordedFrame(now: EditableExport, { design, layers, image }: Recording): ExportedFrame {
  const edits = { ...now.edits, design };
  if (image === null) {
    return { ...now, layers: now.layers.filter(({ layerId }) => design.layers[layerId] !== undefined), edits };
  }
  return { ...now, ...image, layers, edits };
}

/** The visible ones of these layers, up to the limit of a job. */
function collectItems(layerIds: readonly string[], frame: ExportedFrame, design: Design) {
  const visible = new Set(frame.layers.map(({ layerId }) => layerId));
  const comparable = layerIds.filter((id) => visible.has(id));
  const items = comparable.slice(0, LIMITS.itemsPerJob).map((layerId): ExportedItem => {
    const layer = design.layers[layerId];
    const detail = (layer?.type ?? '').toLowerCase().replace(/_/g, ' ');
    return { item: { kind: 'layer', itemId: layerId, layerId }, label: layer?.name ?? layerId, detail };
  });
  const left = comparable.length - items.length;
  const notices = left === 0 ? [] : [`${count(left, 'layer')} of “${frame.name}” not compared: it has too many.`];
  return { items, notices };
}

/** Layers that are hidden are not in the picture, so that no counterparts are found for them. */
function hiddenNotice(edits: readonly Edit[], { layers }: ExportedFrame, base: Design, after: Design): string[] {
  const hidden = hiddenEditedLayers(edits, new Set(layers.map(({ layerId }) => layerId)), base, after);
  if (hidden.length === 0) return [];
  return [
    `Edits of hidden layers are not transferred: ${listNames(hidden)}. Show the layers before you record the frame.`,
  ];
}

function notRecorded({ name }: FrameLike): Problem {
  return {
    message: `No edits are recorded on “${name}”.`,
    hint: 'Run “Record edits on this frame” before editing it. A duplicate of a recorded frame has no recording.',
  };
}

function noEdits({ name }: FrameLike): Problem {
  return { message: `“${name}” has not changed since it was recorded.`, hint: 'Edit it, then try again.' };
}

/** What to know before edits are written to this frame: predicates to show after its name. */
function warningsAbout(frame: FrameLike): string[] {
  const around = ancestors(frame);
  const warnings: string[] = [];
  /** “is locked”, or “is in “Card”, which is locked”. */
  const being = (node: BaseNode, what: string) =>
    node.id === frame.id ? `is ${what}` : `is in “${node.name}”, which is ${what}`;
  const set = [frame, ...around].find(({ type }) => type === 'COMPONENT_SET');
  const main = [frame, ...around].find(({ type }) => type === 'COMPONENT');
  if (main !== undefined && set !== undefined) {
    warnings.push(`is in the component set “${set.name}”: the instances of its variant change with it.`);
  } else if (main !== undefined) {
    warnings.push(`${being(main, 'a main component')}: all its instances change with it.`);
  } else if (set !== undefined) {
    warnings.push(`${being(set, 'a component set')}: the instances of its variants change with it.`);
  }
  const instance = [frame, ...around].find(({ type }) => type === 'INSTANCE');
  if (instance !== undefined) warnings.push(`${being(instance, 'an instance')}: only overrides can be written.`);
  const locked = [frame, ...around].find((node) => 'locked' in node && node.locked);
  if (locked !== undefined) warnings.push(`${being(locked, 'locked')}: unlock it, or its edits are left out.`);
  const page = around.find(({ type }) => type === 'PAGE');
  if (page !== undefined && page.id !== figma.currentPage.id) warnings.push(`is on another page, “${page.name}”.`);
  return warnings;
}
