import { basename, extname } from 'node:path';
import type { WarpedTarget } from '@samepoint/shared-protocol';
import { decodeLayer } from '../../images/decode.js';
import { encodePng } from '../../images/encode.js';
import { onTransparent } from '../../images/pixels.js';
import type { Size } from '../../images/resize.js';
import { writeWhole } from './write-whole.js';

/**
 * Writes the image of a warped target to `path`, of the size of the target.
 * @throws SamepointError `BAD_REQUEST` when nothing can be written there
 */
export async function writeWarped(
  path: string,
  { box }: Extract<WarpedTarget, { state: 'warped' }>,
  png: Uint8Array,
  target: Size,
): Promise<void> {
  const whole = box.w === target.width && box.h === target.height;
  await writeWhole(path, whole ? png : await encodePng(onTransparent(await decodeLayer(png), box, target)));
}

/** `<target>-warped.png` for each path; files of one name in different folders get a number. */
export function warpedNames(paths: readonly string[]): string[] {
  const taken = new Set<string>();
  return paths.map((path) => {
    const stem = basename(path, extname(path));
    let name = `${stem}-warped.png`;
    for (let n = 2; taken.has(name); n++) name = `${stem}-${n}-warped.png`;
    taken.add(name);
    return name;
  });
}
