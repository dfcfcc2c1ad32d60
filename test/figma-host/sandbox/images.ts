import { promise } from './event-loop.js';

/** The image functions of `figma`. */
export const imageApi = {
  createImage: (bytes: unknown) => {
    if (!(bytes instanceof Uint8Array)) throw new Error('in createImage: Expected a Uint8Array');
    const copy = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const made: { hash?: string; reason?: string } = JSON.parse(__bridge.createImage(copy));
    if (made.hash === undefined) throw new Error(`in createImage: ${made.reason}`);
    return imageObject(made.hash);
  },
  getImageByHash: (hash: string) => (__bridge.sizeOfImage(hash) === '' ? null : imageObject(hash)),
};

function imageObject(hash: string): object {
  return Object.freeze({
    hash,
    getBytesAsync: () => promise(() => new Uint8Array(__bridge.readImage(hash))),
    getSizeAsync: () => promise(() => JSON.parse(__bridge.sizeOfImage(hash)) as unknown),
  });
}
