import type { Json } from '../spec.js';

/** A solid paint from `#rrggbb`. */
export function solid(hex: string, opacity = 1): Json {
  return [{ type: 'SOLID', color: rgb(hex), opacity }];
}

export function gradient(from: string, to: string): Json {
  const stops = [
    { position: 0, color: rgb(from) },
    { position: 1, color: rgb(to) },
  ];
  return [{ type: 'GRADIENT_LINEAR', gradientStops: stops }];
}

export function shadow(y: number, radius: number, opacity: number): Json {
  return [{ type: 'DROP_SHADOW', y, radius, opacity }];
}

function rgb(hex: string): { r: number; g: number; b: number } {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  return { r: r ?? 0, g: g ?? 0, b: b ?? 0 };
}
