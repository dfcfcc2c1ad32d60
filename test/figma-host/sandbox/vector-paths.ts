import { outline } from '../drawing/outline.js';
import { pathBounds } from '../path-bounds.js';
import type { Json, RawNode } from '../spec.js';

/** Commands and numbers are separated by single spaces (typings: `VectorPath.data`). */
const COMMANDS = /^(M( -?[\d.]+){2}|L( -?[\d.]+){2}|Q( -?[\d.]+){4}|C( -?[\d.]+){6}|Z)$/;
const RULES: readonly Json[] = ['NONZERO', 'EVENODD', 'NONE'];

/** Throws like Figma if a plugin sets paths that it cannot read. A new vector gets the size of its paths. */
export function fitToPaths(node: RawNode, value: Json): void {
  const all: string[] = [];
  for (const path of Array.isArray(value) ? value : [null]) {
    const isPath = typeof path === 'object' && path !== null && !Array.isArray(path);
    if (!isPath || !RULES.includes(path.windingRule ?? null)) throw invalid('Invalid windingRule');
    const data = String(path.data);
    const commands = data.split(/ (?=[A-Za-z])/);
    const wrong = commands.find((command) => !COMMANDS.test(command));
    // paths of a document spec may be copied as they are
    if (wrong !== undefined && !isOfSpec(data)) throw invalid(`Invalid command at "${wrong}"`);
    all.push(data);
  }
  if (node.width !== 0 || node.height !== 0) return;
  const bounds = pathBounds(all.join(' '));
  if (bounds === null) return;
  const isAtCorner = Math.abs(bounds.x) < CORNER_TOLERANCE && Math.abs(bounds.y) < CORNER_TOLERANCE;
  // how Figma places other paths is not documented
  if (!isAtCorner) throw new Error('not modelled: new paths that do not start at the corner of their vector');
  [node.width, node.height] = [bounds.width, bounds.height];
}

/** Path data has rounded numbers. */
const CORNER_TOLERANCE = 0.01;

/** Specs write paths without spaces. */
function isOfSpec(data: string): boolean {
  return /^M[\d.-]/.test(data);
}

function invalid(reason: string): Error {
  return new Error(`in set_vectorPaths: Property "vectorPaths" failed validation: ${reason}`);
}

const DRAWN: ReadonlySet<string> = new Set(['FRAME', 'COMPONENT', 'COMPONENT_SET', 'INSTANCE', 'RECTANGLE', 'ELLIPSE']);

/** The paths of the fills in the node's coordinates. Those of text and of boolean operations are not modelled. */
export function fillGeometry(node: RawNode): Json {
  if (node.type === 'VECTOR') {
    const paths = Array.isArray(node.props.vectorPaths) ? node.props.vectorPaths : [];
    return paths.filter(
      (path) => typeof path === 'object' && path !== null && !Array.isArray(path) && path.windingRule !== 'NONE',
    );
  }
  return DRAWN.has(node.type) ? [{ windingRule: 'NONZERO', data: outline(node) }] : [];
}

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
