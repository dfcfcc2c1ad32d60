import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame, FRAME_KINDS, type FrameKind, LIMITS } from '../src/index.js';

const PREFIX_BYTES = 8;

/** A frame with one byte of its prefix replaced. */
function withByte(index: number, value: number): Uint8Array {
  const frame = encodeFrame('imageData', { a: 1 }, Uint8Array.of(1, 2, 3));
  frame[index] = value;
  return frame;
}

function withHeaderLength(length: number): Uint8Array {
  const frame = encodeFrame('imageData', { a: 1 }, Uint8Array.of(1, 2, 3));
  new DataView(frame.buffer).setUint32(4, length);
  return frame;
}

describe('a binary frame', () => {
  it.each(Object.keys(FRAME_KINDS) as FrameKind[])('of kind %s survives a round trip', (kind) => {
    const header = { imageId: 'ü', nested: [1, null] };
    const payload = Uint8Array.of(0, 255, 7);
    expect(decodeFrame(encodeFrame(kind, header, payload))).toEqual({ ok: true, frame: { kind, header, payload } });
  });

  it('may have an empty payload', () => {
    expect(decodeFrame(encodeFrame('jobResult', {}, new Uint8Array()))).toMatchObject({ ok: true });
  });

  it('consists of version, kind, zeros, header length, header and payload', () => {
    expect([...encodeFrame('jobResult', {}, Uint8Array.of(9))]).toEqual([1, 2, 0, 0, 0, 0, 0, 2, 123, 125, 9]);
  });

  it('can be a view into a larger buffer', () => {
    const frame = encodeFrame('imageData', { a: 1 }, Uint8Array.of(5));
    const around = new Uint8Array(frame.length + 7);
    around.set(frame, 3);
    const decoded = decodeFrame(around.subarray(3, 3 + frame.length));
    expect(decoded).toMatchObject({ ok: true, frame: { header: { a: 1 }, payload: Uint8Array.of(5) } });
  });

  it('is decoded without copying the payload', () => {
    const frame = encodeFrame('imageData', {}, Uint8Array.of(5));
    const decoded = decodeFrame(frame);
    expect(decoded.ok && decoded.frame.payload.buffer === frame.buffer).toBe(true);
  });

  it.each([
    ['no bytes', new Uint8Array()],
    ['less than a prefix', new Uint8Array(PREFIX_BYTES - 1)],
    ['another version', withByte(0, 2)],
    ['an unknown kind', withByte(1, 0)],
    ['a kind above the last', withByte(1, 3)],
    ['a nonzero reserved byte', withByte(3, 1)],
    ['a header longer than the frame', withHeaderLength(11)],
    ['a header longer than allowed', withHeaderLength(LIMITS.frameHeaderBytes + 1)],
    ['a header of four gigabytes', withHeaderLength(0xffff_ffff)],
    ['a truncated header', withHeaderLength(3)],
    ['an empty header', withHeaderLength(0)],
    ['a header that is not UTF-8', withByte(PREFIX_BYTES, 0xff)],
  ])('with %s is rejected with a message', (_what, bytes) => {
    const decoded = decodeFrame(bytes);
    expect(decoded).toMatchObject({ ok: false });
    expect(!decoded.ok && decoded.message).toMatch(/\w/);
  });

  it('of random bytes never throws', () => {
    let state = 1;
    const next = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    };
    for (let round = 0; round < 2000; round += 1) {
      const bytes = Uint8Array.from({ length: next() % 40 }, next);
      bytes.set([1, 1, 0, 0, 0, 0, 0].slice(0, Math.min(next() % 8, bytes.length)));
      expect(() => decodeFrame(bytes)).not.toThrow();
    }
  });
});
