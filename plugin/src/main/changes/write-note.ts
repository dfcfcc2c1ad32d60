import { compose, fromRows, IDENTITY, invert, toRows } from '../../shared/affine.js';
import { canvasOf } from '../canvas/nodes.js';
import { NOTE } from '../tables.js';
import type { Journal } from './journal.js';
import type { NoteOperation, Written } from './operations.js';
import { markOrigin } from './provenance.js';
import { retire } from './write-annotation.js';

/** Canvas heights that are taken beside each target. */
export type NoteColumns = Map<string, number>;

/** Puts a note beside the target, at the height of the place it speaks of and below earlier notes. */
export function writeNote(operation: NoteOperation, journal: Journal, columns: NoteColumns): Written {
  const { target, sourceId, itemId, text, previous } = operation;
  const note = createNote(text, journal);
  const y = Math.max(operation.y, columns.get(target.id) ?? Number.NEGATIVE_INFINITY);
  columns.set(target.id, y + note.height + NOTE.gap);
  const bounds = target.absoluteBoundingBox;
  const x = (bounds === null ? 0 : bounds.x + bounds.width) + NOTE.gap;
  const canvas = canvasOf(target);
  canvas.appendChild(note);
  const toParent = canvas.type === 'PAGE' ? IDENTITY : (invert(fromRows(canvas.absoluteTransform)) ?? IDENTITY);
  note.relativeTransform = toRows(compose(toParent, { ...IDENTITY, e: x, f: y }));
  const record = { kind: 'node', sourceId, itemId, nodeId: note.id } as const;
  markOrigin(note, record, target.id, journal);
  const isRenewed = previous !== null && retire(previous, journal);
  return { outcome: isRenewed ? 'updated' : 'created', record };
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
  note.fills = [{ type: 'SOLID', color: NOTE.fill }];
  const words = figma.createText();
  journal.created(words);
  note.appendChild(words);
  words.fontName = NOTE.font;
  words.fontSize = NOTE.fontSize;
  words.fills = [{ type: 'SOLID', color: NOTE.ink }];
  words.characters = text;
  if (words.width > NOTE.maxTextWidth) {
    words.textAutoResize = 'HEIGHT';
    words.resize(NOTE.maxTextWidth, words.height);
  }
  return note;
}
