import type { RgbaImage } from './decode.js';
import { ColourCounts, colourDistance, distanceToSegment, toColour } from './mask-colours.js';

/**
 * A smoothed mask has at least this many shades between its labels, and more than twice as many shades as plain colours.
 * A mask with a few thin objects has fewer.
 */
const SHADES = { least: 4, perPlainColour: 2 };

/** Levels of 255. */
const LEVELS = {
  /** Plain colours as far apart as this may have shades between them; values of an index map are closer. */
  contrast: 64,
  /** How far a shade may be from the straight line between two colours: rounding, and noise of JPEG. */
  offLine: 16,
  /** Colours as near to a plain one as this are noise of it, if they cover little. */
  noise: 32,
  /** Lossy formats may write one plain colour as several, this far apart. */
  drift: 6,
  /** Lossy formats may write black as this. */
  black: 12,
};

/** A mask of which more than this share would change is none. */
const MOST_SNAPPED = 0.5;

/** A plain colour with less than this share of the area of a near one is its noise. */
const NOISE_SHARE = 0.05;

/** Where three labels meet, shades lie on no line. They cover this many pixels at most. */
const JUNCTION_PIXELS = 8;

/** No mask has as many; limits the time for images that are none. */
const MOST = { colours: 20_000, labels: 64 };

/** Half the side of the windows in which the labels beside a pixel are looked for; the first with two labels counts. */
const RADII = [1, 2, 4, 8, 16] as const;

/** The result of `snapEdges`. */
export interface SnappedMask {
  image: RgbaImage;
  /** Pixels that were changed. */
  snapped: number;
  /** Shades that are between no two labels; a mask with many of them shows no plain labels at all. */
  unclear: number;
}

/**
 * Sets the shades of smoothed edges to the colour of the label beside them. Plain colours fill at least one square of 3×3
 * pixels; shades do not, and lie on the line between two plain colours. Any other mask is returned unchanged.
 * @param isLossy the file's format adds noise to plain colours, as JPEG does
 */
export function snapEdges(image: RgbaImage, isLossy: boolean): SnappedMask {
  const counts = new ColourCounts(image);
  const { length } = counts.colours;
  if (length <= SHADES.least || length > MOST.colours) return { image, snapped: 0, unclear: 0 };
  counts.findSquares();
  const labels = plainColours(counts, isLossy);
  const shades = counts.colours.filter((colour) => !counts.isPlain(colour));
  const edges =
    labels.length > MOST.labels
      ? []
      : shades.filter((colour) => counts.isTranslucent(colour) || liesBetween(colour, labels));
  const plain = isLossy ? labels.length : counts.colours.length - shades.length;
  if (labels.length === 0 || edges.length < SHADES.least || edges.length <= SHADES.perPlainColour * plain) {
    return { image, snapped: 0, unclear: shades.length };
  }
  const isEdge = new Set(edges);
  const others = counts.colours.filter((colour) => !isEdge.has(colour) && !labels.includes(colour));
  for (const colour of byDistance(others, labels)) {
    const isNoise = isLossy || counts.isPlain(colour) || counts.pixels(colour) <= JUNCTION_PIXELS;
    if (isNoise || liesBetween(colour, labels)) isEdge.add(colour);
    else labels.push(counts.makeSolid(colour));
  }
  const result = replace(image, counts, labels, isEdge);
  if (result.snapped > MOST_SNAPPED * counts.colourOf.length) return { image, snapped: 0, unclear: shades.length };
  return { image: isLossy ? blackened(result.image) : result.image, snapped: result.snapped, unclear: 0 };
}

/** Colours of thin objects first: their shades are nearer to the background. */
function byDistance(colours: readonly number[], labels: readonly number[]): number[] {
  const distance = (colour: number) => Math.min(...labels.map((label) => colourDistance(label, colour)));
  return [...colours].sort((a, b) => distance(b) - distance(a));
}

function blackened({ rgba, ...size }: RgbaImage): RgbaImage {
  for (let at = 0; at < rgba.length; at += 4) {
    if (Math.max(rgba[at] ?? 0, rgba[at + 1] ?? 0, rgba[at + 2] ?? 0) <= LEVELS.black) rgba.fill(0, at, at + 3);
  }
  return { rgba, ...size };
}

/** Colours with a square of their own, without those that are noise of a larger one; the largest first. */
function plainColours(counts: ColourCounts, isLossy: boolean): number[] {
  const found: number[] = [];
  const plain = counts.colours.filter((colour) => counts.isPlain(colour));
  for (const colour of plain.sort((a, b) => counts.core(b) - counts.core(a))) {
    const isNoise = found.some((label) => {
      const distance = colourDistance(label, colour);
      if (isLossy && distance <= LEVELS.drift) return true;
      return distance <= LEVELS.noise && counts.core(colour) < NOISE_SHARE * counts.core(label);
    });
    if (!isNoise) found.push(colour);
  }
  return found;
}

/** Is a colour a mixture of two labels that differ clearly? */
function liesBetween(colour: number, labels: readonly number[]): boolean {
  return labels.some((a, n) =>
    labels
      .slice(n + 1)
      .some((b) => colourDistance(a, b) >= LEVELS.contrast && distanceToSegment(colour, a, b) <= LEVELS.offLine),
  );
}

function replace(
  image: RgbaImage,
  counts: ColourCounts,
  labels: readonly number[],
  edges: ReadonlySet<number>,
): Omit<SnappedMask, 'unclear'> {
  const rgba = image.rgba.slice();
  const isLabel = new Set(labels);
  let snapped = 0;
  for (const [pixel, colour] of counts.colourOf.entries()) {
    if (!edges.has(colour) && !(isLabel.has(colour) && isStray(counts, labels, pixel, colour))) continue;
    const near = labelsNear(counts, isLabel, pixel, colour);
    const [first = labels[0] ?? 0, ...others] = near.length > 0 ? near : labels;
    const nearest = others.reduce(
      (best, label) => (colourDistance(label, colour) < colourDistance(best, colour) ? label : best),
      first,
    );
    if (nearest === colour) continue;
    rgba.set(toColour(nearest), 4 * pixel);
    snapped++;
  }
  return { image: { ...image, rgba }, snapped };
}

/** Is a pixel of a label's colour part of an edge between two other labels, such as grey between black and white? */
function isStray(counts: ColourCounts, labels: readonly number[], pixel: number, colour: number): boolean {
  if (labels.length < 3 || counts.isSolidNear(pixel, colour)) return false;
  return liesBetween(
    colour,
    labels.filter((label) => label !== colour),
  );
}

/** The labels whose squares are nearest to a pixel: at least two of them, or one that it is noise of. */
function labelsNear(counts: ColourCounts, labels: ReadonlySet<number>, pixel: number, own: number): number[] {
  let found: number[] = [];
  for (const radius of RADII) {
    found = counts.solidColours(pixel, radius).filter((colour) => labels.has(colour));
    const [first] = found;
    if (found.length > 1) return found;
    if (first !== undefined && colourDistance(first, own) <= LEVELS.noise) return found;
  }
  return found;
}
