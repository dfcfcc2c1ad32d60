import yoga, { Align, Direction, Edge, FlexDirection, Gutter, Justify, Wrap, type Node as YogaNode } from 'yoga-layout';
import type { Json } from './spec.js';
import { layOutText, sizeOfText } from './text-layout.js';

type Props = { [property: string]: Json };
type Sizing = 'FIXED' | 'HUG' | 'FILL';

/** A layer in auto layout. A frame without auto layout and a shape have no `children`. */
export interface FlowNode {
  id: string;
  width: number;
  height: number;
  horizontal: Sizing;
  vertical: Sizing;
  /** The properties of a text. */
  text?: Props;
  /** The auto-layout properties, minimum and maximum sizes. */
  props: Props;
  /** Only those in the flow: visible, not absolute. */
  children?: FlowNode[];
}

/** Where a layer is in its parent. */
export interface FlowBox {
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

const CONFIG = yoga.Config.create();
// positions are not rounded to pixels
CONFIG.setPointScaleFactor(0);
CONFIG.setUseWebDefaults(false);

/** Lays out a tree of auto-layout frames (typings: AutoLayoutMixin, AutoLayoutChildrenMixin). The root has no position. */
export function layOutFlow(root: FlowNode): FlowBox[] {
  const built = build(root, null);
  try {
    built.node.calculateLayout(undefined, undefined, Direction.LTR);
    if (alignBaselines(built)) built.node.calculateLayout(undefined, undefined, Direction.LTR);
    return collect(built);
  } finally {
    built.node.freeRecursive();
  }
}

interface Built {
  source: FlowNode;
  node: YogaNode;
  children: Built[];
}

function build(source: FlowNode, parent: FlowNode | null): Built {
  const node = yoga.Node.create(CONFIG);
  node.setFlexShrink(0);
  size(node, source, parent);
  limit(node, source.props);
  if (source.children === undefined) return { source, node, children: [] };
  arrange(node, source);
  const children = source.children.map((child) => build(child, source));
  for (const [index, child] of children.entries()) node.insertChild(child.node, index);
  overlap(source, children);
  return { source, node, children };
}

function isRow(source: FlowNode): boolean {
  return source.props.layoutMode === 'HORIZONTAL';
}

function number(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0;
}

function size(node: YogaNode, source: FlowNode, parent: FlowNode | null): void {
  for (const axis of ['horizontal', 'vertical'] as const) {
    const setLength = (length: number) => (axis === 'horizontal' ? node.setWidth(length) : node.setHeight(length));
    const sizing = source[axis];
    const length = axis === 'horizontal' ? source.width : source.height;
    const isMain = parent !== null && isRow(parent) === (axis === 'horizontal');
    if (sizing === 'FILL' && isMain && parent[axis] !== 'HUG') {
      node.setFlexGrow(1);
      node.setFlexBasis(0);
    } else if (sizing === 'FILL' && !isMain) node.setAlignSelf(Align.Stretch);
    else if (sizing === 'FIXED' || (sizing === 'FILL' && source.children === undefined && source.text === undefined)) {
      setLength(length);
    }
  }
  if (source.text !== undefined) measure(node, source, source.text);
}

/** Gives a text its measured size. Only the width of one that fills its parent is open. */
function measure(node: YogaNode, source: FlowNode, text: Props): void {
  if (source.horizontal !== 'FILL') {
    const measured = sizeOfText(text, source.width, source.height);
    node.setWidth(measured.width);
    if (source.vertical === 'HUG') node.setHeight(measured.height);
  } else if (source.vertical === 'HUG') {
    node.setMeasureFunc((width) => {
      const room = Number.isFinite(width) ? width : null;
      const laidOut = layOutText(text, room);
      return { width: room ?? laidOut.width, height: laidOut.height };
    });
  }
}

function limit(node: YogaNode, props: Props): void {
  if (typeof props.minWidth === 'number') node.setMinWidth(props.minWidth);
  if (typeof props.maxWidth === 'number') node.setMaxWidth(props.maxWidth);
  if (typeof props.minHeight === 'number') node.setMinHeight(props.minHeight);
  if (typeof props.maxHeight === 'number') node.setMaxHeight(props.maxHeight);
}

const JUSTIFY: { readonly [align: string]: Justify } = {
  MIN: Justify.FlexStart,
  CENTER: Justify.Center,
  MAX: Justify.FlexEnd,
  SPACE_BETWEEN: Justify.SpaceBetween,
  SPACE_EVENLY: Justify.SpaceEvenly,
  SPACE_AROUND: Justify.SpaceAround,
};
const ALIGN: { readonly [align: string]: Align } = {
  MIN: Align.FlexStart,
  CENTER: Align.Center,
  MAX: Align.FlexEnd,
};

function isSpaced(source: FlowNode): boolean {
  return String(source.props.primaryAxisAlignItems ?? 'MIN').startsWith('SPACE_');
}

function arrange(node: YogaNode, source: FlowNode): void {
  const { props } = source;
  const row = isRow(source);
  node.setFlexDirection(row ? FlexDirection.Row : FlexDirection.Column);
  node.setJustifyContent(JUSTIFY[String(props.primaryAxisAlignItems)] ?? Justify.FlexStart);
  node.setAlignItems(ALIGN[String(props.counterAxisAlignItems)] ?? Align.FlexStart);
  const spacing = number(props.itemSpacing);
  if (!isSpaced(source) && spacing > 0) node.setGap(row ? Gutter.Column : Gutter.Row, spacing);
  if (props.layoutWrap === 'WRAP') wrap(node, source, row);
  const borders = props.strokesIncludedInLayout === true && Array.isArray(props.strokes) && props.strokes.length > 0;
  for (const [edge, side] of SIDES) {
    node.setPadding(edge, number(props[`padding${side}`]));
    if (borders) node.setBorder(edge, number(props[`stroke${side}Weight`] ?? props.strokeWeight ?? 1));
  }
}

const SIDES = [
  [Edge.Left, 'Left'],
  [Edge.Top, 'Top'],
  [Edge.Right, 'Right'],
  [Edge.Bottom, 'Bottom'],
] as const;

function wrap(node: YogaNode, source: FlowNode, row: boolean): void {
  const { props, children = [] } = source;
  node.setFlexWrap(Wrap.Wrap);
  node.setGap(row ? Gutter.Row : Gutter.Column, number(props.counterAxisSpacing ?? props.itemSpacing));
  const across = row ? 'vertical' : 'horizontal';
  if (props.counterAxisAlignContent === 'SPACE_BETWEEN') node.setAlignContent(Align.SpaceBetween);
  else if (children.length > 0 && children.every((child) => child[across] === 'FILL')) {
    node.setAlignContent(Align.Stretch);
  } else node.setAlignContent(ALIGN[String(props.counterAxisAlignItems)] ?? Align.FlexStart);
}

/** A negative gap moves each child onto the one before it. */
function overlap(source: FlowNode, children: Built[]): void {
  const spacing = number(source.props.itemSpacing);
  if (spacing >= 0 || isSpaced(source)) return;
  const edge = isRow(source) ? Edge.Left : Edge.Top;
  for (const child of children.slice(1)) child.node.setMargin(edge, spacing);
}

/** Yoga has no baselines in JavaScript: margins move the children of a row to a shared one. Returns whether any moved. */
function alignBaselines(built: Built): boolean {
  let moved = built.children.map(alignBaselines).includes(true);
  if (built.source.props.counterAxisAlignItems !== 'BASELINE' || !isRow(built.source)) return moved;
  const baselines = built.children.map(baselineOf);
  const lowest = Math.max(0, ...baselines);
  for (const [index, child] of built.children.entries()) {
    const margin = lowest - (baselines[index] ?? 0);
    child.node.setMargin(Edge.Top, margin);
    moved ||= margin > 0;
  }
  return moved;
}

/** The first baseline of a text or of the first text in a frame, else the bottom edge. */
function baselineOf({ source, node, children }: Built): number {
  const { width, height } = node.getComputedLayout();
  if (source.text !== undefined) return layOutText(source.text, width).lines[0]?.baseline ?? height;
  const [first] = children;
  return first === undefined ? height : first.node.getComputedLayout().top + baselineOf(first);
}

function collect({ source, node, children }: Built): FlowBox[] {
  const { left, top, width, height } = node.getComputedLayout();
  return [{ id: source.id, x: left, y: top, width, height }, ...children.flatMap(collect)];
}
