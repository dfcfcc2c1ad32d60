import type { Box, Layer } from '@samepoint/shared-protocol';
import { union } from '../../daemon/src/transfer/transforms/boxes.js';
import type { Screen, Shape } from './screen-content.js';

/**
 * One layer a shape and a frame for each prefix of keys, which are the ids.
 * @param scale pixels per unit of the screen
 * @param named false for machine names
 */
export function layersByPath({ width, height, shapes }: Screen, scale: number, named: boolean): Layer[] {
  const paths = new Set(
    shapes.flatMap(({ key }) => key.split('/').map((_, n, parts) => parts.slice(0, n + 1).join('/'))),
  );
  const root = layerOf('screen', undefined, 'FRAME', { x: 0, y: 0, w: width, h: height }, scale, named);
  return [
    root,
    ...[...paths].map((path) => {
      const own = shapes.find(({ key }) => key === path);
      const within = shapes.filter(({ key }) => key.startsWith(`${path}/`));
      const box = own ?? within.reduce<Box>((all, shape) => union(all, shape), within[0] ?? { x: 0, y: 0, w: 0, h: 0 });
      const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : 'screen';
      const type = within.length > 0 || own === undefined ? 'FRAME' : typeOf(own);
      const layer = layerOf(path, parent, type, box, scale, named);
      return own?.look.kind === 'text' ? { ...layer, text: own.look.text } : layer;
    }),
  ];
}

function layerOf(
  path: string,
  parentId: string | undefined,
  type: string,
  { x, y, w, h }: Box,
  scale: number,
  named: boolean,
): Layer {
  const name = named ? (path.split('/').at(-1) ?? '').replace(/-\d+$/, '') : `${type} 1`;
  const box = { x: x * scale, y: y * scale, w: w * scale, h: h * scale };
  return { layerId: path, ...(parentId === undefined ? {} : { parentId }), type, name, box, candidate: true };
}

function typeOf({ look }: Shape): string {
  if (look.kind === 'text') return 'TEXT';
  if (look.kind === 'icon') return 'VECTOR';
  return look.kind === 'picture' && look.round ? 'ELLIPSE' : 'RECTANGLE';
}
