import type { FeaturePyramid } from '../diffusion/feature-pyramid.js';

/**
 * With fewer rows or columns than this no cell has neighbours on both sides. A line of cells finds a place anywhere, and that
 * place finds the line again, so that what a match is known by looks right where nothing is.
 */
const FEWEST_CELLS = 3;

/** Is there too little in an image for any match to be believed: one colour, or so thin that nothing of it can be seen? */
export function saysNothing({ blank, levels }: Pick<FeaturePyramid, 'blank' | 'levels'>): boolean {
  return blank || levels.every(({ rows, columns }) => Math.min(rows, columns) < FEWEST_CELLS);
}
