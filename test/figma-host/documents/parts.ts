import type { Json, NodeSpec } from '../spec.js';

export interface TextStyle {
  size: number;
  style: 'Regular' | 'Medium' | 'Semi Bold' | 'Bold';
  color: string;
}

type Props = { [property: string]: Json };
type Rest = Omit<NodeSpec, 'type' | 'key' | 'name' | 'props'> & { props?: Props };

export function text(key: string, characters: string, { size, style, color }: TextStyle, rest: Rest = {}): NodeSpec {
  const fontName = { family: 'Inter', style };
  const props = { characters, fontName, fontSize: size, fills: solid(color), ...rest.props };
  return { ...rest, key, type: 'TEXT', name: characters, props };
}

export function rectangle(key: string, name: string, rest: Rest): NodeSpec {
  return { ...rest, key, type: 'RECTANGLE', name };
}

export function ellipse(key: string, name: string, rest: Rest): NodeSpec {
  return { ...rest, key, type: 'ELLIPSE', name };
}

export function frame(key: string, name: string, rest: Rest): NodeSpec {
  return { ...rest, key, type: 'FRAME', name };
}

/** A stroke icon on a 24 × 24 grid. */
export function icon(key: string, name: string, path: keyof typeof ICONS, color: string, rest: Rest): NodeSpec {
  const props = {
    vectorPaths: [{ windingRule: 'NONE', data: ICONS[path] }],
    strokes: solid(color),
    strokeWeight: 2,
    strokeCap: 'ROUND',
    ...rest.props,
  };
  return { width: 24, height: 24, ...rest, key, type: 'VECTOR', name, props };
}

export const ICONS = {
  menu: 'M4 7H20M4 12H20M4 17H14',
  bell: 'M6 17H18L16.5 14.5V10.5C16.5 7.5 14.5 5.5 12 5.5C9.5 5.5 7.5 7.5 7.5 10.5V14.5ZM10.5 20H13.5',
  search: 'M11 18C14.87 18 18 14.87 18 11C18 7.13 14.87 4 11 4C7.13 4 4 7.13 4 11C4 14.87 7.13 18 11 18ZM16 16L20 20',
  chevron: 'M9 5L16 12L9 19',
  plus: 'M12 5V19M5 12H19',
  home: 'M4 11L12 4L20 11V20H14V14H10V20H4Z',
  chat: 'M4 5H20V16H11L7 20V16H4Z',
  calendar: 'M4 6H20V20H4ZM4 10.5H20M8 3.5V7M16 3.5V7',
  person:
    'M12 12C14.2 12 16 10.2 16 8C16 5.8 14.2 4 12 4C9.8 4 8 5.8 8 8C8 10.2 9.8 12 12 12ZM4.5 20C5.5 16.5 8.5 15 12 15C15.5 15 18.5 16.5 19.5 20',
} as const;

/** A solid paint from `#rrggbb`. */
export function solid(hex: string, opacity = 1): Json {
  return [{ type: 'SOLID', color: rgb(hex), opacity }];
}

/** A linear gradient from the top left to the bottom right corner. */
export function gradient(from: string, to: string): Json {
  const gradientStops = [
    { position: 0, color: { ...rgb(from), a: 1 } },
    { position: 1, color: { ...rgb(to), a: 1 } },
  ];
  const gradientTransform = [
    [0.5, 0.5, 0],
    [-0.5, 0.5, 0.5],
  ];
  return [{ type: 'GRADIENT_LINEAR', gradientTransform, gradientStops }];
}

/** A black drop shadow. */
export function shadow(y: number, radius: number, opacity: number): Json {
  const color = { r: 0, g: 0, b: 0, a: opacity };
  return [{ type: 'DROP_SHADOW', color, offset: { x: 0, y }, radius, spread: 0, visible: true, blendMode: 'NORMAL' }];
}

function rgb(hex: string): { r: number; g: number; b: number } {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  return { r: r ?? 0, g: g ?? 0, b: b ?? 0 };
}
