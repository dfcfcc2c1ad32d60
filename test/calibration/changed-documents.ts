import type { NodeSpec } from '../figma-host/spec.js';

/** The spec without the parts of these names and what is in them; `part` of a key is what follows the colon. */
export function withoutParts(node: NodeSpec, parts: ReadonlySet<string>): NodeSpec {
  const { children, ...own } = node;
  if (children === undefined) return own;
  const kept = children.filter((child) => !parts.has(partOf(child))).map((child) => withoutParts(child, parts));
  return { ...own, children: kept };
}

/** A list without some of its rows, counted from 1: those below move up, and so does what follows the list. */
export function withoutRows(screen: NodeSpec, rows: readonly number[]): NodeSpec {
  const list = screen.children?.find((child) => partOf(child) === 'list');
  const rowHeight = list?.children?.[0]?.height ?? 0;
  if (list === undefined || rowHeight === 0) throw new Error('the screen has no list of rows');
  const removed = rows.length * rowHeight;
  const bottom = (list.y ?? 0) + (list.height ?? 0);
  const up = (child: NodeSpec, by: number): NodeSpec => ({ ...child, y: (child.y ?? 0) - by });
  const kept = withoutParts(list, new Set(rows.map((row) => `row-${row}`)));
  const shortened = {
    ...kept,
    height: (list.height ?? 0) - removed,
    children: (kept.children ?? []).map((row, place) => ({ ...row, y: place * rowHeight })),
  };
  const children = (screen.children ?? []).map((child) => {
    if (child === list) return shortened;
    return (child.y ?? 0) >= bottom && partOf(child) !== 'tab-bar' ? up(child, removed) : child;
  });
  return { ...screen, children };
}

/** `row-2/title` of `light:row-2/title`. */
export function partOf({ key }: { key?: string | null }): string {
  return (key ?? '').slice((key ?? '').indexOf(':') + 1);
}
