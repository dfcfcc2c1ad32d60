import { outlineText, verticalMetrics } from '../fonts.js';
import type { RawNode } from '../spec.js';
import { layOutText, type TextLine, type TextPiece } from '../text-layout.js';
import { valueIn } from '../text-runs.js';
import { visibleItems } from './fields.js';
import { type PaintContext, paintAttributes } from './paint.js';

/** A text as outlines, each run in its own paints. */
export function drawText(node: RawNode, context: PaintContext): string {
  const runs = placedPieces(node);
  return runs
    .map(({ piece, path }) =>
      visibleItems(valueIn(node.props, piece.run, 'fills'))
        .map((paint) => `<path d="${path}" ${paintAttributes(paint, 'fill', node, context)}/>`)
        .join(''),
    )
    .join('');
}

/** The outlines of a whole text. */
export function textOutline(node: RawNode): string {
  return placedPieces(node)
    .map(({ path }) => path)
    .join('');
}

function placedPieces(node: RawNode): { piece: TextPiece; path: string }[] {
  const { props, width, height } = node;
  const mode = props.textAutoResize ?? 'WIDTH_AND_HEIGHT';
  const isFixed = mode === 'NONE' || mode === 'TRUNCATE';
  const wrapsAt = mode === 'WIDTH_AND_HEIGHT' && typeof props.maxWidth !== 'number' ? null : width + 0.01;
  const laidOut = layOutText(props, wrapsAt, isFixed ? height : null);
  const spare = height - laidOut.height;
  const { textAlignVertical } = props;
  const top =
    isFixed && textAlignVertical === 'CENTER' ? spare / 2 : isFixed && textAlignVertical === 'BOTTOM' ? spare : 0;
  return laidOut.lines.flatMap((line) => {
    const left = (width - line.width) * (LEFT_FRACTION[String(props.textAlignHorizontal)] ?? 0);
    return line.pieces.map((piece) => ({ piece, path: pieceOutline(node, piece, line, left, top) }));
  });
}

/** The fraction of a line's spare width on its left. */
const LEFT_FRACTION: { readonly [align: string]: number } = { LEFT: 0, CENTER: 0.5, RIGHT: 1 };

function pieceOutline(node: RawNode, piece: TextPiece, line: TextLine, left: number, top: number): string {
  const [x, baseline] = [left + piece.x, top + line.baseline];
  const letters = outlineText(piece.text, piece.font, piece.fontSize, piece.letterSpacing, x, baseline);
  const decoration = valueIn(node.props, piece.run, 'textDecoration');
  if (decoration !== 'UNDERLINE' && decoration !== 'STRIKETHROUGH') return letters;
  const { ascent } = verticalMetrics(piece.font, piece.fontSize);
  const y = decoration === 'UNDERLINE' ? baseline + piece.fontSize * 0.1 : baseline - ascent * 0.3;
  const thickness = Math.max(1, piece.fontSize / 16);
  return `${letters}M${x} ${y}h${piece.width}v${thickness}h${-piece.width}Z`;
}
