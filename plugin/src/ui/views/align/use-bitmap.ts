import { useEffect, useState } from 'preact/hooks';
import { decodePng } from '../opaque-picture.js';

/** A decoded image of the daemon; null until it is decoded, and if it is damaged. */
export function useBitmap(png: Uint8Array): ImageBitmap | null {
  const [bitmap, setBitmap] = useState<ImageBitmap | null>(null);
  useEffect(() => {
    let isCurrent = true;
    let decoded: ImageBitmap | null = null;
    decodePng(png).then(
      (image) => {
        decoded = image;
        if (isCurrent) setBitmap(image);
        else image.close();
      },
      () => undefined,
    );
    return () => {
      isCurrent = false;
      setBitmap(null);
      decoded?.close();
    };
  }, [png]);
  return bitmap;
}
