import type { RawNode } from '../spec.js';
import { relativeMatrix, setRelativeMatrix, sizeOf } from './geometry.js';
import { children, num, prop } from './store.js';

/** Lays out every auto layout frame, the innermost first. */
export function layOut(node: RawNode): void {
  for (const child of children(node)) layOut(child);
  const mode = prop(node, 'layoutMode', 'NONE');
  if (mode === 'HORIZONTAL' || mode === 'VERTICAL') layOutFlow(node, mode === 'HORIZONTAL');
}

function layOutFlow(frame: RawNode, isRow: boolean): void {
  const flow = children(frame).filter(
    (child) => prop(child, 'layoutPositioning', 'AUTO') === 'AUTO' && prop(child, 'visible', true) !== false,
  );
  const [mainStart, mainEnd] = isRow ? padding(frame, 'Left', 'Right') : padding(frame, 'Top', 'Bottom');
  const [crossStart, crossEnd] = isRow ? padding(frame, 'Top', 'Bottom') : padding(frame, 'Left', 'Right');
  const lengths = flow.map((child) => (isRow ? sizeOf(child).width : sizeOf(child).height));
  const breadths = flow.map((child) => (isRow ? sizeOf(child).height : sizeOf(child).width));
  const spacing = num(frame, 'itemSpacing', 0);
  const content = lengths.reduce((sum, length) => sum + length, 0);
  const gaps = spacing * Math.max(0, flow.length - 1);
  if (prop(frame, 'primaryAxisSizingMode', 'FIXED') === 'AUTO')
    setLength(frame, isRow, content + gaps + mainStart + mainEnd);
  if (prop(frame, 'counterAxisSizingMode', 'FIXED') === 'AUTO') {
    setLength(frame, !isRow, Math.max(0, ...breadths) + crossStart + crossEnd);
  }
  const room = (isRow ? frame.width : frame.height) - mainStart - mainEnd - content;
  const align = prop(frame, 'primaryAxisAlignItems', 'MIN');
  const step = align === 'SPACE_BETWEEN' && flow.length > 1 ? room / (flow.length - 1) : spacing;
  const slack = room - gaps;
  let at = mainStart + (align === 'CENTER' ? slack / 2 : align === 'MAX' ? slack : 0);
  const breadth = (isRow ? frame.height : frame.width) - crossStart - crossEnd;
  const crossAlign = prop(frame, 'counterAxisAlignItems', 'MIN');
  flow.forEach((child, index) => {
    const free = breadth - (breadths[index] ?? 0);
    const across = crossStart + (crossAlign === 'CENTER' ? free / 2 : crossAlign === 'MAX' ? free : 0);
    const [a, b, c, d] = relativeMatrix(child);
    setRelativeMatrix(child, isRow ? [a, b, c, d, at, across] : [a, b, c, d, across, at]);
    at += (lengths[index] ?? 0) + step;
  });
}

function padding(frame: RawNode, start: string, end: string): [number, number] {
  return [num(frame, `padding${start}`, 0), num(frame, `padding${end}`, 0)];
}

function setLength(frame: RawNode, isWidth: boolean, length: number): void {
  if (isWidth) frame.width = length;
  else frame.height = length;
}
