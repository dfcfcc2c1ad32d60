import { LIMITS } from './limits.js';

/** Kinds of binary frames by their byte. */
export const FRAME_KINDS = { imageData: 1, jobResult: 2 } as const;
export type FrameKind = keyof typeof FRAME_KINDS;

const FRAME_VERSION = 1;
const PREFIX_BYTES = 8;

export interface BinaryFrame {
  kind: FrameKind;
  /** Parsed JSON, not validated. */
  header: unknown;
  /** A view into the frame's bytes. */
  payload: Uint8Array;
}

export type DecodedFrame = { ok: true; frame: BinaryFrame } | { ok: false; message: string };

/** Encodes `u8 version | u8 kind | u16 0 | u32be headerLength | UTF-8 JSON header | payload`. */
export function encodeFrame(kind: FrameKind, header: unknown, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const headerBytes = new TextEncoder().encode(JSON.stringify(header));
  const frame = new Uint8Array(PREFIX_BYTES + headerBytes.length + payload.length);
  const view = new DataView(frame.buffer);
  view.setUint8(0, FRAME_VERSION);
  view.setUint8(1, FRAME_KINDS[kind]);
  view.setUint32(4, headerBytes.length);
  frame.set(headerBytes, PREFIX_BYTES);
  frame.set(payload, PREFIX_BYTES + headerBytes.length);
  return frame;
}

/** Decodes an untrusted binary frame. Returns what is wrong instead of throwing. */
export function decodeFrame(bytes: Uint8Array): DecodedFrame {
  if (bytes.length < PREFIX_BYTES) return { ok: false, message: `a frame of ${bytes.length} bytes has no prefix` };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint8(0);
  if (version !== FRAME_VERSION) return { ok: false, message: `frame version ${version} is not ${FRAME_VERSION}` };
  const kind = (Object.keys(FRAME_KINDS) as FrameKind[]).find((name) => FRAME_KINDS[name] === view.getUint8(1));
  if (kind === undefined) return { ok: false, message: `frame kind ${view.getUint8(1)} is not known` };
  if (view.getUint16(2) !== 0) return { ok: false, message: 'the reserved bytes of the frame are not zero' };
  const headerLength = view.getUint32(4);
  if (headerLength > LIMITS.frameHeaderBytes)
    return { ok: false, message: `a header of ${headerLength} bytes is too long` };
  if (PREFIX_BYTES + headerLength > bytes.length) return { ok: false, message: 'the header is longer than the frame' };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(
      bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + headerLength),
    );
    const header: unknown = JSON.parse(text);
    return { ok: true, frame: { kind, header, payload: bytes.subarray(PREFIX_BYTES + headerLength) } };
  } catch {
    return { ok: false, message: 'the header of the frame is not JSON' };
  }
}
