import { groundOf } from '@samepoint/shared-protocol';

export function decodePng(png: Uint8Array): Promise<ImageBitmap> {
  return createImageBitmap(new Blob([new Uint8Array(png)], { type: 'image/png' }));
}

/**
 * Decodes the picture of a frame over the same colour as the daemon: light content of a frame without fill would vanish in a
 * light theme.
 */
export async function decodeOpaque(png: Uint8Array): Promise<ImageBitmap> {
  const bitmap = await decodePng(png);
  try {
    const { width, height } = bitmap;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('no 2D context');
    context.drawImage(bitmap, 0, 0);
    context.globalCompositeOperation = 'destination-over';
    context.fillStyle = groundOf(context.getImageData(0, 0, width, height).data);
    context.fillRect(0, 0, width, height);
    return canvas.transferToImageBitmap();
  } finally {
    bitmap.close();
  }
}
