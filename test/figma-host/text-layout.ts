import { type FontName, measureText, verticalMetrics } from './fonts.js';
import type { Json } from './spec.js';
import { runsOf, type TextRun, valueIn } from './text-runs.js';

type Props = { [property: string]: Json };

/** Characters of one run on one line. */
export interface TextPiece {
  text: string;
  run: TextRun | undefined;
  font: FontName;
  fontSize: number;
  letterSpacing: number;
  /** From the left edge of the line, in px. */
  x: number;
  width: number;
}

export interface TextLine {
  pieces: TextPiece[];
  /** From the top of the text, in px. */
  top: number;
  height: number;
  baseline: number;
  width: number;
}

export interface LaidOutText {
  lines: TextLine[];
  width: number;
  height: number;
}

const ELLIPSIS = '…';

/**
 * Lays out a text as lines. `width` is the width at which lines wrap; null for none. `height` truncates a text with
 * `textTruncation` ENDING.
 */
export function layOutText(props: Props, width: number | null, height: number | null = null): LaidOutText {
  const lines: TextLine[] = [];
  let top = 0;
  for (const [index, paragraph] of paragraphs(props).entries()) {
    const run = paragraph[0]?.run;
    if (index > 0) top += Number(valueIn(props, run, 'paragraphSpacing'));
    const indent = Number(valueIn(props, run, 'paragraphIndent'));
    for (const pieces of wrap(paragraph, width, indent)) {
      const line = toLine(props, pieces, top);
      lines.push(line);
      top += line.height;
    }
  }
  const kept = truncate(props, lines, width, height);
  const last = kept[kept.length - 1];
  return {
    lines: kept,
    width: Math.max(0, ...kept.map((line) => line.width)),
    height: last === undefined ? 0 : last.top + last.height,
  };
}

/** The pieces of each paragraph: one per run and word, spaces included. */
function paragraphs(props: Props): TextPiece[][] {
  const characters = String(props.characters ?? '');
  const runs = runsOf(props);
  const result: TextPiece[][] = [[]];
  if (runs.length === 0) return [[pieceOf(props, undefined, '')]];
  for (const run of runs) {
    const parts = characters.slice(run.start, run.end).split('\n');
    for (const [index, part] of parts.entries()) {
      if (index > 0) result.push([]);
      for (const word of part.match(/[^ ]+ *| +/g) ?? (parts.length > 1 ? [''] : [])) {
        result[result.length - 1]?.push(pieceOf(props, run, word));
      }
    }
  }
  return result;
}

function pieceOf(props: Props, run: TextRun | undefined, raw: string): TextPiece {
  const text = inCase(raw, String(valueIn(props, run, 'textCase')));
  const fontSize = Number(valueIn(props, run, 'fontSize'));
  const font = fontNameOf(valueIn(props, run, 'fontName'));
  const letterSpacing = spacingOf(valueIn(props, run, 'letterSpacing'), fontSize);
  return { text, run, font, fontSize, letterSpacing, x: 0, width: measureText(text, font, fontSize, letterSpacing) };
}

function inCase(text: string, textCase: string): string {
  if (textCase === 'UPPER') return text.toUpperCase();
  if (textCase === 'LOWER') return text.toLowerCase();
  return textCase === 'TITLE' ? text.replace(/(^|\s)\S/g, (letter) => letter.toUpperCase()) : text;
}

export function fontNameOf(value: Json): FontName {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { family: 'Inter', style: 'Regular' };
  return { family: String(value.family), style: String(value.style) };
}

function spacingOf(value: Json, fontSize: number): number {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 0;
  return value.unit === 'PIXELS' ? Number(value.value) : (Number(value.value ?? 0) * fontSize) / 100;
}

/** Breaks a paragraph after spaces; a word that is longer than a line breaks between letters. */
function wrap(paragraph: TextPiece[], width: number | null, indent: number): TextPiece[][] {
  if (width === null) return [place(paragraph, indent)];
  const lines: TextPiece[][] = [];
  let line: TextPiece[] = [];
  let used = indent;
  const breakLine = () => {
    lines.push(place(line, lines.length === 0 ? indent : 0));
    [line, used] = [[], 0];
  };
  for (const word of words(paragraph)) {
    const inked = word.reduce((sum, piece) => sum + inkWidth(piece), 0);
    if (line.length > 0 && used + inked > width + 0.01) breakLine();
    for (const piece of word.flatMap((one) => lettersThatFit(one, width))) {
      if (line.length > 0 && used + inkWidth(piece) > width + 0.01) breakLine();
      line.push(piece);
      used += piece.width;
    }
  }
  breakLine();
  return lines;
}

/** Groups pieces without a space between them. */
function words(pieces: TextPiece[]): TextPiece[][] {
  const result: TextPiece[][] = [];
  let isOpen = false;
  for (const piece of pieces) {
    const last = result[result.length - 1];
    if (isOpen && last !== undefined) last.push(piece);
    else result.push([piece]);
    isOpen = !piece.text.endsWith(' ');
  }
  return result;
}

function inkWidth(piece: TextPiece): number {
  return measureText(piece.text.trimEnd(), piece.font, piece.fontSize, piece.letterSpacing);
}

function lettersThatFit(piece: TextPiece, width: number): TextPiece[] {
  if (inkWidth(piece) <= width + 0.01) return [piece];
  return [...piece.text].map((letter) => ({
    ...piece,
    text: letter,
    width: measureText(letter, piece.font, piece.fontSize, piece.letterSpacing),
  }));
}

function place(pieces: TextPiece[], indent: number): TextPiece[] {
  let x = indent;
  return pieces.map((piece) => {
    const placed = { ...piece, x };
    x += piece.width;
    return placed;
  });
}

function toLine(props: Props, pieces: TextPiece[], top: number): TextLine {
  const shown = pieces.length > 0 ? pieces : [pieceOf(props, undefined, '')];
  const boxes = shown.map((piece) => {
    const { ascent, descent, auto } = verticalMetrics(piece.font, piece.fontSize);
    const height = lineHeightOf(valueIn(props, piece.run, 'lineHeight'), piece.fontSize, auto);
    return { height, above: (height + ascent - descent) / 2 };
  });
  const height = Math.max(...boxes.map((box) => box.height));
  const above = Math.max(...boxes.map((box) => box.above));
  const last = pieces[pieces.length - 1];
  const width = last === undefined ? 0 : last.x + (pieces.length > 1 ? inkWidth(last) : last.width);
  return { pieces, top, height, baseline: top + above, width };
}

function lineHeightOf(value: Json, fontSize: number, auto: number): number {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return auto;
  if (value.unit === 'PIXELS') return Number(value.value);
  return value.unit === 'PERCENT' ? (Number(value.value) * fontSize) / 100 : auto;
}

/** Drops lines beyond `maxLines` or the height, and ends the last one with an ellipsis. */
function truncate(props: Props, lines: TextLine[], width: number | null, height: number | null): TextLine[] {
  const isTruncating = props.textTruncation === 'ENDING' || props.textAutoResize === 'TRUNCATE';
  if (!isTruncating) return lines;
  const maxLines = typeof props.maxLines === 'number' ? props.maxLines : Number.POSITIVE_INFINITY;
  const fitting =
    height === null ? lines.length : lines.filter((line) => line.top + line.height <= height + 0.5).length;
  const count = Math.max(1, Math.min(maxLines, fitting));
  if (count >= lines.length) return lines;
  const kept = lines.slice(0, count);
  const last = kept[count - 1];
  if (last === undefined) return kept;
  return [...kept.slice(0, -1), withEllipsis(last, width)];
}

function withEllipsis(line: TextLine, width: number | null): TextLine {
  const pieces = line.pieces.map((piece) => ({ ...piece }));
  for (let last = pieces[pieces.length - 1]; last !== undefined; last = pieces[pieces.length - 1]) {
    const text = `${last.text.trimEnd()}${ELLIPSIS}`;
    const end = last.x + measureText(text, last.font, last.fontSize, last.letterSpacing);
    if (width === null || end <= width || (pieces.length === 1 && last.text.length === 0)) {
      last.text = text;
      return { ...line, pieces, width: end };
    }
    last.text = last.text.slice(0, -1);
    if (last.text === '' && pieces.length > 1) pieces.pop();
  }
  return line;
}

/** The size of a text node that resizes itself, at its present size. */
export function sizeOfText(props: Props, width: number, height: number): { width: number; height: number } {
  const mode = props.textAutoResize ?? 'WIDTH_AND_HEIGHT';
  if (mode === 'NONE' || mode === 'TRUNCATE') return { width, height };
  const { minWidth, maxWidth, maxHeight } = props;
  const limit = typeof maxHeight === 'number' ? maxHeight : null;
  if (mode === 'HEIGHT') return { width, height: layOutText(props, width, limit).height };
  const natural = layOutText(props, null, limit);
  if (typeof maxWidth === 'number' && natural.width > maxWidth) {
    return { width: maxWidth, height: layOutText(props, maxWidth, limit).height };
  }
  return { width: Math.max(natural.width, Number(minWidth ?? 0)), height: natural.height };
}
