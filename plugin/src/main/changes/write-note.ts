import { compose, IDENTITY, toRows } from '../../shared/affine.js';
import { canvasToChildren, pageOrSectionOf } from '../canvas/nodes.js';
import type { Journal } from './journal.js';
import type { NoteOperation, Written } from './operations.js';
import { removePrevious } from './previous.js';
import { writeOrigin } from './provenance.js';
import { createBadge, createText, NOTE, writePin } from './write-pin.js';

/** The notes of this run on each target, by its id. */
export type NoteColumns = Map<string, { bottom: number; number: number }>;

/**
 * Adds a note to the right of the target, at the height of its place and below earlier notes, and a pin with the same
 * number at the place. A note of an earlier run keeps its number.
 */
export function writeNote(operation: NoteOperation, journal: Journal, columns: NoteColumns): Written {
  const { target, sourceId, itemId, text, previous, point, firstNumber } = operation;
  const column = columns.get(target.id) ?? { bottom: Number.NEGATIVE_INFINITY, number: firstNumber };
  const kept = previous?.record.kind === 'note' ? previous.record.number : null;
  const number = kept ?? column.number;
  const note = createNote(number, text, journal);
  const y = Math.max(operation.y, column.bottom);
  columns.set(target.id, { bottom: y + note.height + NOTE.gap, number: column.number + (kept === null ? 1 : 0) });
  const { x, width, height, y: top } = target.absoluteBoundingBox ?? { ...point, width: 0, height: 0 };
  const parent = pageOrSectionOf(target);
  parent.appendChild(note);
  const place = { ...IDENTITY, e: x + width + NOTE.gap, f: y };
  note.relativeTransform = toRows(compose(canvasToChildren(parent), place));
  const bounds = { x, y: top, w: width, h: height };
  const pin = writePin(number, { point, bounds, parent: operation.pinParent }, journal);
  const record = { kind: 'note', sourceId, itemId, nodeId: note.id, number, pinId: pin.id } as const;
  for (const node of [note, pin]) writeOrigin(node, record, target.id, journal);
  const isUpdate = previous !== null && removePrevious(previous, journal);
  return { outcome: isUpdate ? 'updated' : 'created', record };
}

function createNote(number: number, text: string, journal: Journal): FrameNode {
  const note = figma.createFrame();
  journal.created(note);
  note.name = `Note ${number}: ${text}`;
  note.layoutMode = 'HORIZONTAL';
  note.itemSpacing = NOTE.padding;
  note.primaryAxisSizingMode = 'AUTO';
  note.counterAxisSizingMode = 'AUTO';
  note.paddingLeft = NOTE.padding;
  note.paddingRight = NOTE.padding;
  note.paddingTop = NOTE.padding;
  note.paddingBottom = NOTE.padding;
  note.cornerRadius = NOTE.cornerRadius;
  note.fills = [{ type: 'SOLID', color: NOTE.background }];
  note.appendChild(createBadge(number, journal));
  const label = createText(text, NOTE.textColor, journal);
  note.appendChild(label);
  if (label.width > NOTE.maxTextWidth) {
    label.textAutoResize = 'HEIGHT';
    label.resize(NOTE.maxTextWidth, label.height);
  }
  return note;
}
