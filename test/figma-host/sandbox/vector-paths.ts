import type { Json, RawNode } from '../spec.js';

/** Scales the paths of a vector. */
export function scalePaths(node: RawNode, x: number, y: number): void {
  const paths = node.props.vectorPaths;
  if (!Array.isArray(paths) || !Number.isFinite(x) || !Number.isFinite(y)) return;
  node.props.vectorPaths = paths.map((path): Json => {
    if (typeof path !== 'object' || path === null || Array.isArray(path)) return path;
    return { ...path, data: scaleData(String(path.data), x, y) };
  });
}

/** Absolute commands only: M, L, H, V, C, Q, Z. */
function scaleData(data: string, x: number, y: number): string {
  return data.replace(/([MLHVCQ])([^MLHVCQZ]*)/g, (_, command: string, numbers: string) => {
    let index = 0;
    const scaled = numbers.replace(/-?\d*\.?\d+(?:e-?\d+)?/g, (number) => {
      const isX = command === 'H' || (command !== 'V' && index % 2 === 0);
      index += 1;
      return String(Number(number) * (isX ? x : y));
    });
    return command + scaled;
  });
}
