import type { Point } from '@samepoint/shared-protocol';

export interface Size {
  width: number;
  height: number;
}

/** The part of a picture that a view shows. */
export interface Viewport {
  /** View pixels per picture pixel. */
  scale: number;
  /** The point of the picture in the middle of the view. */
  centre: Point;
}

export const ZOOM = {
  /** Factor of the keys and buttons. */
  step: 1.5,
  /** At most so many view pixels per picture pixel. */
  maxScale: 16,
  /** Distance in view pixels at which a point counts as near the border. */
  borderPx: 24,
} as const;

/** Shows the whole picture. */
export function fit(picture: Size, view: Size): Viewport {
  return {
    scale: Math.min(view.width / picture.width, view.height / picture.height),
    centre: { x: picture.width / 2, y: picture.height / 2 },
  };
}

/** Zooms so that `fixed`, a point of the picture, stays where it is in the view. */
export function zoomAt(viewport: Viewport, factor: number, fixed: Point, picture: Size, view: Size): Viewport {
  const least = fit(picture, view).scale;
  const scale = Math.min(Math.max(viewport.scale * factor, least), Math.max(ZOOM.maxScale, least));
  const ratio = viewport.scale / scale;
  const { centre } = viewport;
  const moved = { x: fixed.x + (centre.x - fixed.x) * ratio, y: fixed.y + (centre.y - fixed.y) * ratio };
  return clamp({ scale, centre: moved }, picture, view);
}

/** Moves what is shown by a distance in view pixels. */
export function pan({ scale, centre }: Viewport, by: Point, picture: Size, view: Size): Viewport {
  return clamp({ scale, centre: { x: centre.x + by.x / scale, y: centre.y + by.y / scale } }, picture, view);
}

/** Moves what is shown just as far that the point is in view. */
export function show(viewport: Viewport, point: Point, picture: Size, view: Size): Viewport {
  const at = toView(viewport, point, view);
  const by = { x: overshoot(at.x, view.width), y: overshoot(at.y, view.height) };
  return by.x === 0 && by.y === 0 ? viewport : pan(viewport, by, picture, view);
}

function overshoot(at: number, length: number): number {
  const border = Math.min(ZOOM.borderPx, length / 2);
  return Math.min(at - border, 0) + Math.max(at - (length - border), 0);
}

export function toView({ scale, centre }: Viewport, { x, y }: Point, view: Size): Point {
  return { x: (x - centre.x) * scale + view.width / 2, y: (y - centre.y) * scale + view.height / 2 };
}

export function toPicture({ scale, centre }: Viewport, { x, y }: Point, view: Size): Point {
  return { x: (x - view.width / 2) / scale + centre.x, y: (y - view.height / 2) / scale + centre.y };
}

/** Keeps the picture in the view; a picture smaller than the view is in its middle. */
function clamp({ scale, centre }: Viewport, picture: Size, view: Size): Viewport {
  const along = (at: number, length: number, shown: number) => {
    const half = shown / scale / 2;
    return 2 * half >= length ? length / 2 : Math.min(Math.max(at, half), length - half);
  };
  return {
    scale,
    centre: { x: along(centre.x, picture.width, view.width), y: along(centre.y, picture.height, view.height) },
  };
}
