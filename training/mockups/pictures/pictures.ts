import type { Random } from '../random.js';

export type PictureKind = 'photo' | 'portrait' | 'object' | 'flag';

/** Addresses of the pictures of each kind; made once by `preparePictures`. */
export class Pictures {
  constructor(private readonly files: Record<PictureKind, readonly string[]>) {}

  pick(kind: PictureKind, rng: Random): string {
    return rng.pick(this.files[kind]);
  }
}
