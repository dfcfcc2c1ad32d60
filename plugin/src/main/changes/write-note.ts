import { compose, fromRows, IDENTITY, invert, toRows } from '../../shared/affine.js';
import { pageOrSectionOf } from '../canvas/nodes.js';
import type { Journal } from './journal.js';
import type { NoteOperation, Written } from './operations.js';
import { removePrevious } from './previous.js';
import { writeOrigin } from './provenance.js';

/** Style of a note, in canvas units. */
export const NOTE = {
  font: { family: 'Inter', style: 'Regular' },
  fontSize: 12,
  /** Longer text wraps. */
  maxTextWidth: 240,
  padding: 8,
  cornerRadius: 4,
  /** Distance from the target's edge and between notes. */
  gap: 16,
  background: { r: 1, g: 0.95, b: 0.72 },
  textColor: { r: 0.2, g: 0.16, b: 0 },
} as const;

/** The lowest free canvas y beside each target, by its id. */
export type NoteColumns = Map<string, number>;

/** Adds a note to the right of the target, at the height of the matched box and below earlier notes. */
export function writeNote(operation: NoteOperation, journal: Journal, columns: NoteColumns): Written {
  const { target, sourceId, itemId, text, previous } = operation;
  const note = createNote(text, journal);
  const y = Math.max(operation.y, columns.get(target.id) ?? Number.NEGATIVE_INFINITY);
  columns.set(target.id, y + note.height + NOTE.gap);
  const bounds = target.absoluteBoundingBox;
  const x = (bounds === null ? 0 : bounds.x + bounds.width) + NOTE.gap;
  const parent = pageOrSectionOf(target);
  parent.appendChild(note);
  const toParent = parent.type === 'PAGE' ? IDENTITY : (invert(fromRows(parent.absoluteTransform)) ?? IDENTITY);
  note.relativeTransform = toRows(compose(toParent, { ...IDENTITY, e: x, f: y }));
  const record = { kind: 'node', sourceId, itemId, nodeId: note.id } as const;
  writeOrigin(note, record, target.id, journal);
  const isUpdate = previous !== null && removePrevious(previous, journal);
  return { outcome: isUpdate ? 'updated' : 'created', record };
}

function createNote(text: string, journal: Journal): FrameNode {
  const note = figma.createFrame();
  journal.created(note);
  note.name = `Note: ${text}`;
  note.layoutMode = 'HORIZONTAL';
  note.primaryAxisSizingMode = 'AUTO';
  note.counterAxisSizingMode = 'AUTO';
  note.paddingLeft = NOTE.padding;
  note.paddingRight = NOTE.padding;
  note.paddingTop = NOTE.padding;
  note.paddingBottom = NOTE.padding;
  note.cornerRadius = NOTE.cornerRadius;
  note.fills = [{ type: 'SOLID', color: NOTE.background }];
  const label = figma.createText();
  journal.created(label);
  note.appendChild(label);
  label.fontName = NOTE.font;
  label.fontSize = NOTE.fontSize;
  label.fills = [{ type: 'SOLID', color: NOTE.textColor }];
  label.characters = text;
  if (label.width > NOTE.maxTextWidth) {
    label.textAutoResize = 'HEIGHT';
    label.resize(NOTE.maxTextWidth, label.height);
  }
  return note;
}
