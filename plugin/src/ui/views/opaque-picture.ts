import { groundOf } from '@samepoint/shared-protocol';

export function decodePng(png: Uint8Array): Promise<ImageBitmap> {
  return createImageBitmap(new Blob([new Uint8Array(png)], { type: 'image/png' }));
}

/**
 * Decodes the picture of a frame over the same colour as the daemon: light content of a frame without fill would vanish in a
 * light theme.
 * @param other the picture that it is compared with, pixel by pixel
 */
export async function decodeOpaque(png: Uint8Array, other?: Uint8Array): Promise<ImageBitmap> {
  const { canvas, context, pixels } = await drawPng(png);
  const others = other === undefined ? [] : [(await drawPng(other)).pixels];
  context.globalCompositeOperation = 'destination-over';
  context.fillStyle = groundOf(pixels, ...others);
  context.fillRect(0, 0, canvas.width, canvas.height);
  return canvas.transferToImageBitmap();
}

async function drawPng(png: Uint8Array) {
  const bitmap = await decodePng(png);
  try {
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('no 2D context');
    context.drawImage(bitmap, 0, 0);
    return { canvas, context, pixels: context.getImageData(0, 0, bitmap.width, bitmap.height).data };
  } finally {
    bitmap.close();
  }
}
