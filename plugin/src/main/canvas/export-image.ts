import type { Problem } from '../../shared/messages.js';
import { messageOf } from '../../shared/text.js';
import { exportConstraint, noteExport } from './export-space.js';
import type { Outcome } from './find-frames.js';
import type { FrameLike } from './nodes.js';

/** The image of a frame as a PNG, or why there is none. */
export async function exportImage(
  frame: FrameLike,
): Promise<Outcome<{ png: Uint8Array; width: number; height: number }>> {
  try {
    const png = await frame.exportAsync({
      format: 'PNG',
      constraint: exportConstraint(frame),
      colorProfile: 'SRGB',
      useAbsoluteBounds: true,
      contentsOnly: true,
    });
    const size = readPngSize(png);
    if (size === null || !noteExport(frame, size)) {
      return { ok: false, problem: exportFailed(frame, 'the image doesn’t match the proportions of the frame') };
    }
    return { ok: true, value: { png, ...size } };
  } catch (error) {
    return { ok: false, problem: exportFailed(frame, messageOf(error)) };
  }
}

function exportFailed(frame: FrameLike, reason: string): Problem {
  return {
    message: `“${frame.name}” can’t be exported: ${reason}.`,
    hint: 'Check that the frame is visible, not rotated and not empty, then try again.',
  };
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const WIDTH_OFFSET = 16;
const HEIGHT_OFFSET = 20;

/** Width and height from a PNG's header, or null if the bytes are not a PNG. */
export function readPngSize(bytes: Uint8Array): { width: number; height: number } | null {
  if (bytes.length < HEIGHT_OFFSET + 4) return null;
  if (PNG_SIGNATURE.some((byte, index) => bytes[index] !== byte)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { width: view.getUint32(WIDTH_OFFSET), height: view.getUint32(HEIGHT_OFFSET) };
}
