import { basename, extname, join } from 'node:path';
import type { WarpResult } from '@samepoint/shared-protocol';
import { onTransparent } from '../images/blend.js';
import { decodeLayer } from '../images/decode.js';
import { encodePng } from '../images/encode.js';
import type { ImageFile } from './read-image.js';
import type { WarpedFile } from './warp-report.js';
import { writeWhole } from './write-whole.js';

/**
 * Writes the images of a result into `folder`, each of the size of its target.
 * @param payload the PNGs, one after another
 */
export async function writeWarped(
  folder: string,
  targets: readonly ImageFile[],
  result: WarpResult,
  payload: Uint8Array = new Uint8Array(),
): Promise<WarpedFile[]> {
  const names = fileNames(targets);
  const written: WarpedFile[] = [];
  let start = 0;
  for (const [n, outcome] of result.targets.entries()) {
    const { path: image = '', image: picture } = targets[n] ?? {};
    if (outcome.state === 'refused' || picture === undefined) {
      written.push({ image, state: 'refused', reason: outcome.state === 'refused' ? outcome.reason : '' });
      continue;
    }
    const png = payload.subarray(start, start + outcome.pngBytes);
    start += outcome.pngBytes;
    const file = join(folder, names[n] ?? '');
    const whole = outcome.box.w === picture.width && outcome.box.h === picture.height;
    await writeWhole(file, whole ? png : await encodePng(onTransparent(await decodeLayer(png), outcome.box, picture)));
    written.push({ image, state: 'warped', file, ...outcome.fit });
  }
  return written;
}

/** Two targets of one name in different folders get a number. */
function fileNames(targets: readonly ImageFile[]): string[] {
  const stems = targets.map(({ path }) => basename(path, extname(path)));
  return stems.map((stem, n) => (stems.indexOf(stem) === n ? `${stem}-warped.png` : `${stem}-${n + 1}-warped.png`));
}
