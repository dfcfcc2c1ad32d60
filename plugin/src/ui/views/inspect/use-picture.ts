import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import type { HashedFrame } from '../../flow/request.js';
import { decodeOpaque } from '../opaque-picture.js';
import type { Size } from './viewport.js';

/**
 * The decoded picture of a frame; null until it is decoded, and if it is damaged.
 * @param other the frame that it is compared with, pixel by pixel
 */
export function usePicture({ imageId, png }: HashedFrame, other?: HashedFrame): ImageBitmap | null {
  const [picture, setPicture] = useState<ImageBitmap | null>(null);
  useEffect(() => {
    let current = true;
    let bitmap: ImageBitmap | null = null;
    decodeOpaque(png, other?.png).then(
      (decoded) => {
        bitmap = decoded;
        if (current) setPicture(decoded);
        else decoded.close();
      },
      () => undefined,
    );
    return () => {
      current = false;
      setPicture(null);
      bitmap?.close();
    };
  }, [imageId, other?.imageId]);
  return picture;
}

/** The size of an element in CSS pixels; null until it is laid out. */
export function useSize(element: RefObject<HTMLElement>): Size | null {
  const [size, setSize] = useState<Size | null>(null);
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return;
    const observer = new ResizeObserver(() => {
      const next = { width: current.clientWidth, height: current.clientHeight };
      setSize(next.width > 0 && next.height > 0 ? next : null);
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return size;
}
