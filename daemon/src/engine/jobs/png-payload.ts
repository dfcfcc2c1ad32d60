import { LIMITS, SamepointError } from '@samepoint/shared-protocol';

/** PNGs one after another; the header of the frame takes a part of its bytes, too. */
const ROOM_BYTES = LIMITS.binaryFrameBytes - LIMITS.frameHeaderBytes;

/** @throws SamepointError `IMAGE_TOO_LARGE` where they do not fit into one frame */
export function toPayload(pngs: readonly Uint8Array[]): Uint8Array {
  const bytes = pngs.reduce((sum, { length }) => sum + length, 0);
  if (bytes > ROOM_BYTES)
    throw new SamepointError(
      'IMAGE_TOO_LARGE',
      `The resulting images have ${bytes} bytes together, and the limit is ${ROOM_BYTES}.`,
      'Start a job for fewer images at a time, or export them at a smaller size.',
    );
  return Buffer.concat(pngs);
}
