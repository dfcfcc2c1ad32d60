import * as z from 'zod';

/** A coordinate in pixels of its image; (0,0) is the outer corner of the first pixel. */
const coordinate = z.number().min(-1e6).max(1e6);

export const pointSchema = z.strictObject({ x: coordinate, y: coordinate });
export type Point = z.infer<typeof pointSchema>;

export const boxSchema = z.strictObject({
  x: coordinate,
  y: coordinate,
  w: coordinate.min(0),
  h: coordinate.min(0),
});
export type Box = z.infer<typeof boxSchema>;

/** Maps source pixels to target pixels: x' = a·x + c·y + e, y' = b·x + d·y + f. */
export const affineSchema = z.strictObject({
  a: z.number(),
  b: z.number(),
  c: z.number(),
  d: z.number(),
  e: z.number(),
  f: z.number(),
});
export type Affine = z.infer<typeof affineSchema>;

/** A 3 × 3 matrix, row by row, that maps homogeneous source pixels to target pixels. */
export const homographySchema = z.tuple([
  z.number(),
  z.number(),
  z.number(),
  z.number(),
  z.number(),
  z.number(),
  z.number(),
  z.number(),
  z.number(),
]);
export type Homography = z.infer<typeof homographySchema>;
