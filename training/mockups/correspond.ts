import type { Box, Measured } from './measure.js';
import type { ElementType } from './scope.js';

/** An element of a pair. Boxes are in pixels of each image; null where the element is not visible. */
export interface PairElement {
  id: string;
  type: ElementType | 'word';
  source: Box | null;
  target: Box | null;
  /** The text on each side; null where it is not visible or a placeholder. */
  words?: { source: string | null; target: string | null };
  /** Whether points inside the box correspond too; otherwise only its centre, edges and corners do. */
  rigid: boolean;
}

/** Measurements of one image of a pair. */
export interface MeasuredSide {
  elements: readonly Measured[];
  /** Image pixels per CSS pixel. */
  scale: number;
  /** False for placeholders instead of texts and images. */
  finished: boolean;
}

/** Smaller boxes are dropped: their positions are ambiguous. */
const SMALLEST_PX = 4;
/** Largest ratio of aspect ratios for which two boxes contain the same crop of an image. */
const SAME_SHAPE = 1.06;

/**
 * Pairs measurements by id. Elements visible on one side only have no counterpart. Elements that are cut or partly covered on
 * either side are dropped: the position of the rest is unknown.
 */
export function correspond(source: MeasuredSide, target: MeasuredSide): PairElement[] {
  const targets = new Map(target.elements.map((element) => [element.id, element]));
  const sources = new Map(source.elements.map((element) => [element.id, element]));
  const ids = [...new Set([...sources.keys(), ...targets.keys()])];
  return ids.flatMap((id) => pairOf(id, { from: sources.get(id), to: targets.get(id) }, source, target));
}

function pairOf(
  id: string,
  { from, to }: { from: Measured | undefined; to: Measured | undefined },
  source: MeasuredSide,
  target: MeasuredSide,
): PairElement[] {
  const some = from ?? to;
  if (some === undefined || from?.visibility === 'partly' || to?.visibility === 'partly')
    return wordPairs(from, to, source, target);
  const boxes = { source: imageBox(from, source.scale), target: imageBox(to, target.scale) };
  if (boxes.source === 'tiny' || boxes.target === 'tiny') return [];
  if (boxes.source === null && boxes.target === null) return [];
  const both = boxes.source !== null && boxes.target !== null && source.finished && target.finished;
  const rigid = both && from !== undefined && to !== undefined && sameInside(from, to);
  const words =
    some.type === 'text'
      ? { words: { source: shownText(from, source.finished), target: shownText(to, target.finished) } }
      : {};
  const element = { id, type: some.type, source: boxes.source, target: boxes.target, rigid, ...words };
  return [element, ...wordPairs(from, to, source, target)];
}

function shownText(element: Measured | undefined, finished: boolean): string | null {
  return element === undefined || element.visibility === 'no' || !finished ? null : textOf(element);
}

function textOf({ same }: Measured): string {
  return same.split('|')[0] ?? '';
}

function imageBox(element: Measured | undefined, scale: number): Box | null | 'tiny' {
  if (element === undefined || element.visibility === 'no') return null;
  const box = scaled(element.box, scale);
  return Math.min(box[2], box[3]) < SMALLEST_PX ? 'tiny' : box;
}

function sameInside(from: Measured, to: Measured): boolean {
  if (from.same === '' || from.same !== to.same) return false;
  const shape = ([, , width, height]: Box) => width / height;
  const ratio = shape(from.box) / shape(to.box);
  return Math.max(ratio, 1 / ratio) < SAME_SHAPE;
}

/** Words of a text that is equal on both sides. */
function wordPairs(
  from: Measured | undefined,
  to: Measured | undefined,
  source: MeasuredSide,
  target: MeasuredSide,
): PairElement[] {
  if (from === undefined || to === undefined || !source.finished || !target.finished) return [];
  if (from.type !== 'text' || textOf(from) !== textOf(to) || from.words.length !== to.words.length) return [];
  return from.words.flatMap((word, n) => {
    const other = to.words[n];
    if (word.text === '' || other?.text !== word.text) return [];
    const boxes = { source: scaled(word.box, source.scale), target: scaled(other.box, target.scale) };
    if (Math.min(boxes.source[2], boxes.source[3], boxes.target[2], boxes.target[3]) < SMALLEST_PX) return [];
    return [{ id: `${from.id}/${n}`, type: 'word' as const, ...boxes, rigid: true }];
  });
}

function scaled([x, y, width, height]: Box, scale: number): Box {
  const at = (value: number) => Math.round(value * scale * 100) / 100;
  return [at(x), at(y), at(width), at(height)];
}
