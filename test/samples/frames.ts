import { landscape } from './draw.js';

/** Size of a frame in CSS pixels, which are image pixels here. */
export const FRAME = { width: 480, height: 288 } as const;
export const FRAME_COUNT = 8;

/** A thing that drifts over the picture: its outline is its label, its details are drawn on top. */
interface Drifter {
  name: string;
  colour: string;
  /** Drawn around (0, 0). */
  outline: string;
  details: string;
  /** Place of its origin, in degrees turned, and its scale, at the start and at the end. */
  from: readonly [x: number, y: number, degrees: number, scale: number];
  to: readonly [x: number, y: number, degrees: number, scale: number];
}

const BALLOON: Drifter = {
  name: 'balloon',
  colour: '#e0453a',
  outline: 'M0 -44C26 -44 40 -26 40 -6 40 14 24 28 12 40L10 58H-10L-12 40C-24 28 -40 14 -40 -6 -40 -26 -26 -44 0 -44Z',
  details:
    '<path d="M0-44C10-34 14-20 14-4 14 14 8 30 4 40H-4C-8 30-14 14-14-4-14-20-10-34 0-44Z" fill="#fff3dc"/>' +
    '<path d="M-12 40H12L10 46H-10Z" fill="#7b2d26"/><path d="M-10 46H10V58H-10Z" fill="#8a5a34"/>',
  from: [104, 62, -4, 0.9],
  to: [230, 54, 5, 0.84],
};

const BOAT: Drifter = {
  name: 'boat',
  colour: '#2f66d0',
  outline: 'M-34 6H-2V-40L30 2H4V6H36L24 22H-24Z',
  details:
    '<path d="M-2-40 30 2H-2Z" fill="#fff"/><path d="M-34 6H36L24 22H-24Z" fill="#7a3b22"/><path d="M-4-42H0V8H-4Z" fill="#3b2418"/>',
  from: [268, 222, 2, 1],
  to: [196, 228, -2, 1.08],
};

const DRIFTERS = [BALLOON, BOAT] as const;

/** A frame of the animation: a balloon and a boat drift over the picture of a lake. @param n from 0 */
export function frameOf(n: number): string {
  const u = n / (FRAME_COUNT - 1);
  const drawn = DRIFTERS.map(
    (one) => `<g transform="${place(one, u)}"><path d="${one.outline}" fill="${one.colour}"/>${one.details}</g>`,
  );
  return `<div style="height:100vh;position:relative">${landscape('tarn', 'frame')}${overlay(drawn.join(''))}</div>`;
}

/** The labels of the first frame, each in one colour without soft edges. */
export function firstMask(): string {
  const drawn = DRIFTERS.map((one) => `<path transform="${place(one, 0)}" d="${one.outline}" fill="${one.colour}"/>`);
  return overlay(drawn.join(''), 'shape-rendering="crispEdges"');
}

/** Points of the first frame by name. */
export function firstPoints(): string {
  const [balloonX, balloonY] = BALLOON.from;
  const [boatX, boatY] = BOAT.from;
  const points = [
    ['balloon', balloonX, balloonY],
    ['basket', balloonX + 4, balloonY + 46],
    ['mast', boatX - 1, boatY - 30],
  ];
  return `name,x,y\n${points.map((point) => point.join(',')).join('\n')}\n`;
}

function overlay(content: string, attributes = ''): string {
  return `<svg width="480" height="288" style="position:absolute;left:0;top:0" ${attributes}>${content}</svg>`;
}

function place({ from, to }: Drifter, u: number): string {
  const at = (index: 0 | 1 | 2 | 3) => (from[index] + (to[index] - from[index]) * u).toFixed(3);
  return `translate(${at(0)} ${at(1)}) rotate(${at(2)}) scale(${at(3)})`;
}
