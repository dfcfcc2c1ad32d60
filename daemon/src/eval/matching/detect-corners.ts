import type { Point } from '@samepoint/shared-protocol';
import type { RgbImage } from '../../images/decode.js';
import { openCv } from '../../transfer/transforms/opencv.js';

/** Minimum quality relative to the strongest corner, and minimum distance. */
const CORNERS = { quality: 0.001, minDistancePx: 4, blockPx: 3 };

/**
 * Detects the strongest corners of an image (Shi and Tomasi, Good Features to Track, 1994; OpenCV).
 * @param count at most
 * @returns pixels; (0,0) is the centre of the first pixel
 */
export async function detectCorners({ width, height, rgb }: RgbImage, count: number): Promise<Point[]> {
  const inOpenCv = await openCv();
  return inOpenCv(({ cv, keep }) => {
    const colours = keep(cv.matFromArray(height, width, cv.CV_8UC3, rgb));
    const grey = keep(new cv.Mat());
    cv.cvtColor(colours, grey, cv.COLOR_RGB2GRAY);
    const corners = keep(new cv.Mat());
    const { quality, minDistancePx, blockPx } = CORNERS;
    cv.goodFeaturesToTrack(grey, corners, count, quality, minDistancePx, keep(new cv.Mat()), blockPx);
    return Array.from({ length: corners.rows }, (_, n) => ({
      x: corners.data32F[2 * n] ?? 0,
      y: corners.data32F[2 * n + 1] ?? 0,
    }));
  });
}
