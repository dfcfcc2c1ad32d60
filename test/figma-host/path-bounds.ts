import type { Bounds } from './matrix.js';

/** Points of each curve that stand for it; a box of curves is exact to a small fraction of their size. */
const STEPS = 200;

/** The box around path data of absolute M, L, C, Q and Z, separated by spaces; null without points. */
export function pathBounds(data: string): Bounds | null {
  const [xs, ys]: [number[], number[]] = [[], []];
  let [x, y] = [0, 0];
  for (const command of data.split(/ (?=[A-Z])/)) {
    const numbers = command.slice(1).trim().split(' ').filter(Boolean).map(Number);
    if (numbers.length < 2) continue;
    const controls = [x, y, ...numbers];
    const isLine = numbers.length === 2;
    for (let step = isLine ? STEPS : 0; step <= STEPS; step++) {
      xs.push(
        bezier(
          controls.filter((_, index) => index % 2 === 0),
          step / STEPS,
        ),
      );
      ys.push(
        bezier(
          controls.filter((_, index) => index % 2 === 1),
          step / STEPS,
        ),
      );
    }
    [x, y] = [numbers.at(-2) ?? x, numbers.at(-1) ?? y];
  }
  if (xs.length === 0) return null;
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { x: left, y: top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
}

/** De Casteljau's algorithm in one dimension. */
function bezier(controls: readonly number[], t: number): number {
  if (controls.length <= 1) return controls[0] ?? 0;
  return bezier(
    controls.slice(1).map((value, index) => (controls[index] ?? 0) * (1 - t) + value * t),
    t,
  );
}
