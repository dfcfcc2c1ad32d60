import sharp from 'sharp';
import type { ExportedFrame } from '../../src/shared/messages.js';

interface MockupColours {
  paper: string;
  ink: string;
  accent: string;
}

export const LIGHT: MockupColours = { paper: '#ffffff', ink: '#1e1e1e', accent: '#7b61ff' };
export const DARK: MockupColours = { paper: '#16161a', ink: '#e8e8ea', accent: '#4f8cff' };

/** Boxes of the mockup's layers, in its pixels. */
export const PARTS = {
  avatar: { x: 24, y: 24, w: 48, h: 48 },
  title: { x: 88, y: 30, w: 180, h: 20 },
  card: { x: 24, y: 96, w: 352, h: 120 },
  button: { x: 256, y: 248, w: 120, h: 36 },
} as const;

/** A settings screen of 400 × 300 pixels with its layers. */
export async function mockup(nodeId: string, name: string, colours: MockupColours): Promise<ExportedFrame> {
  const { paper, ink, accent } = colours;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300">
    <rect width="400" height="300" fill="${paper}"/>
    <circle cx="48" cy="48" r="24" fill="${accent}"/>
    <rect x="88" y="30" width="180" height="12" rx="3" fill="${ink}"/>
    <rect x="88" y="50" width="110" height="8" rx="3" fill="${ink}" opacity="0.4"/>
    <rect x="24" y="96" width="352" height="120" rx="12" fill="${ink}" opacity="0.08"/>
    <rect x="44" y="118" width="200" height="10" rx="3" fill="${ink}" opacity="0.7"/>
    <rect x="44" y="140" width="300" height="8" rx="3" fill="${ink}" opacity="0.3"/>
    <rect x="44" y="158" width="260" height="8" rx="3" fill="${ink}" opacity="0.3"/>
    <rect x="256" y="248" width="120" height="36" rx="8" fill="${accent}"/>
    <rect x="288" y="262" width="56" height="8" rx="3" fill="${paper}"/>
  </svg>`;
  const png = new Uint8Array(await sharp(Buffer.from(svg)).png().toBuffer());
  const layers = Object.entries(PARTS).map(([part, box]) => ({
    layerId: `${nodeId}-${part}`,
    type: 'FRAME',
    name: part,
    box: { ...box },
    candidate: true,
  }));
  return { nodeId, name, png, width: 400, height: 300, layers };
}
