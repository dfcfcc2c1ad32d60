import type { NodeSpec } from '../spec.js';

/**
 * Renames all layers with generated names and reorders siblings, like an imported design. The screen looks the same,
 * since only siblings that do not touch are reordered. Keys stay.
 */
export function scrambleLayers(node: NodeSpec): NodeSpec {
  let count = 100;
  const visit = (one: NodeSpec, isRoot: boolean): NodeSpec => {
    count += 7;
    const name = isRoot ? one.name : `${titleCase(one.type)} ${count}`;
    if (one.children === undefined) return { ...one, name };
    const isFlow = one.props?.layoutMode !== undefined;
    const children = isFlow ? one.children : reorder(one.children);
    return { ...one, name, children: children.map((child) => visit(child, false)) };
  };
  return visit(node, true);
}

/** Reverses the order of the children that touch no sibling; the others keep their index. */
function reorder(children: NodeSpec[]): NodeSpec[] {
  const free = children.filter((child) => children.every((other) => other === child || !touch(child, other)));
  const turned = [...free].reverse();
  return children.map((child) => (free.includes(child) ? (turned.shift() ?? child) : child));
}

function touch(a: NodeSpec, b: NodeSpec): boolean {
  const [left, right] = [spanOf(a), spanOf(b)];
  return (
    left.x < right.x + right.w && right.x < left.x + left.w && left.y < right.y + right.h && right.y < left.y + left.h
  );
}

/** A generous box for text, whose size is not known here. */
function spanOf({ type, x = 0, y = 0, width, height }: NodeSpec): { x: number; y: number; w: number; h: number } {
  return { x, y, w: width ?? (type === 'TEXT' ? 200 : 0), h: height ?? (type === 'TEXT' ? 20 : 0) };
}

function titleCase(type: string): string {
  return type.charAt(0) + type.slice(1).toLowerCase();
}
