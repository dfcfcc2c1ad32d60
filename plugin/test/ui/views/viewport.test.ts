import { describe, expect, it } from 'vitest';
import { fit, pan, show, toPicture, toView, ZOOM, zoomAt } from '../../../src/ui/views/inspect/viewport.js';

const PICTURE = { width: 800, height: 400 };
const VIEW = { width: 400, height: 300 };
const WHOLE = fit(PICTURE, VIEW);

describe('the part of a picture that is shown', () => {
  it('is the whole picture at first, in the middle of the view', () => {
    expect(WHOLE.scale).toBe(0.5);
    expect(toView(WHOLE, { x: 0, y: 0 }, VIEW)).toEqual({ x: 0, y: 50 });
    expect(toPicture(WHOLE, { x: 400, y: 250 }, VIEW)).toEqual({ x: 800, y: 400 });
  });

  it('keeps the point under the pointer when it zooms', () => {
    const fixed = { x: 300, y: 150 };
    const zoomed = zoomAt(zoomAt(WHOLE, 3, fixed, PICTURE, VIEW), 2, fixed, PICTURE, VIEW);
    const before = toView(zoomAt(WHOLE, 3, fixed, PICTURE, VIEW), fixed, VIEW);
    expect(toView(zoomed, fixed, VIEW).x).toBeCloseTo(before.x);
    expect(toView(zoomed, fixed, VIEW).y).toBeCloseTo(before.y);
  });

  it('is never smaller than the view needs, nor larger than pixels are of use', () => {
    const fixed = { x: 10, y: 10 };
    expect(zoomAt(WHOLE, 0.01, fixed, PICTURE, VIEW)).toEqual(WHOLE);
    expect(zoomAt(WHOLE, 1000, fixed, PICTURE, VIEW).scale).toBe(ZOOM.maxScale);
  });

  it('stays on the picture when it is panned', () => {
    const zoomed = zoomAt(WHOLE, 4, { x: 400, y: 200 }, PICTURE, VIEW);
    const moved = pan(zoomed, { x: -5000, y: 5000 }, PICTURE, VIEW);
    expect(toPicture(moved, { x: 0, y: 300 }, VIEW)).toEqual({ x: 0, y: 400 });
  });

  it('follows a point that leaves it, and only then', () => {
    const zoomed = zoomAt(WHOLE, 8, { x: 100, y: 100 }, PICTURE, VIEW);
    const inView = toPicture(zoomed, { x: 200, y: 150 }, VIEW);
    expect(show(zoomed, inView, PICTURE, VIEW)).toBe(zoomed);
    const right = toPicture(zoomed, { x: 420, y: 150 }, VIEW);
    const followed = toView(show(zoomed, right, PICTURE, VIEW), right, VIEW);
    expect(followed).toEqual({ x: VIEW.width - ZOOM.borderPx, y: 150 });
  });
});
