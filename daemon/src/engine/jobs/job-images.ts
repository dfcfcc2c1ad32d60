import { groundOf, imageLabel, LIMITS, SamepointError } from '@samepoint/shared-protocol';
import { decodeImage, type RgbImage, readTransparent } from '../../images/decode.js';
import type { EngineJob } from '../engine.js';

/**
 * The encoded bytes of one of a job's images.
 * @throws SamepointError `IMAGE_MISSING`
 */
export function imageBytes(images: EngineJob['images'], imageId: string): Uint8Array {
  const bytes = images.get(imageId);
  if (bytes !== undefined) return bytes;
  throw new SamepointError('IMAGE_MISSING', `${imageLabel(imageId)} is missing.`, 'Send it again.', {
    details: { imageId },
  });
}

/**
 * Decodes one of a job's images.
 * @throws SamepointError that names the image by its label, with its id in the details
 */
export async function decodeJobImage(images: EngineJob['images'], imageId: string): Promise<RgbImage> {
  const bytes = imageBytes(images, imageId);
  return naming(imageId, () => decodeImage(bytes, imageLabel(imageId)));
}

/**
 * Decodes two of a job's images that are compared pixel by pixel, so over the same colour.
 * @throws SamepointError that names the image by its label, with its id in the details
 */
export async function decodeJobPair(
  images: EngineJob['images'],
  sourceId: string,
  targetId: string,
): Promise<[RgbImage, RgbImage]> {
  const [source, target] = [imageBytes(images, sourceId), imageBytes(images, targetId)];
  const layers = [
    await naming(sourceId, () => readTransparent(source, imageLabel(sourceId))),
    await naming(targetId, () => readTransparent(target, imageLabel(targetId))),
  ];
  const decode = (id: string, bytes: Uint8Array) =>
    naming(id, () => decodeImage(bytes, imageLabel(id), undefined, groundOf(...layers)));
  return [await decode(sourceId, source), await decode(targetId, target)];
}

async function naming<T>(imageId: string, decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (thrown) {
    const { code, message, hint } = SamepointError.from(thrown);
    throw new SamepointError(code, message, hint, { details: { imageId } });
  }
}

/** The frame's limit without its header. */
const MAX_PAYLOAD_BYTES = LIMITS.binaryFrameBytes - LIMITS.frameHeaderBytes;

/**
 * Concatenates PNGs into the payload of a result.
 * @throws SamepointError `IMAGE_TOO_LARGE` if they do not fit into one frame
 */
export function toPayload(pngs: readonly Uint8Array[]): Uint8Array {
  const bytes = pngs.reduce((sum, { length }) => sum + length, 0);
  if (bytes > MAX_PAYLOAD_BYTES)
    throw new SamepointError(
      'IMAGE_TOO_LARGE',
      `The result images have ${bytes} bytes in total; the limit is ${MAX_PAYLOAD_BYTES}.`,
      'Use fewer images per job, or export them at a smaller size.',
    );
  return Buffer.concat(pngs);
}
