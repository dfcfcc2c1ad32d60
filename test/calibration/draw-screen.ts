import { decodeImage, type RgbImage } from '../../daemon/src/images/decode.js';
import { renderSvg } from '../../daemon/src/images/encode.js';
import { seededRandom } from '../../daemon/test/support/random.js';
import { ICONS } from '../figma-host/documents/parts.js';
import type { Theme } from '../figma-host/documents/theme.js';
import { outlineText } from '../figma-host/fonts.js';
import type { Screen, Shape } from './screen-content.js';

/** Corner radius of pictures, in units of the screen. */
const PICTURE_RADIUS = 10;

/** The rendered part of a screen, in its units. */
export interface View {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** @param scale pixels per unit */
export async function drawScreen({ shapes }: Screen, theme: Theme, view: View, scale: number): Promise<RgbImage> {
  const size = `width="${Math.round(view.width * scale)}" height="${Math.round(view.height * scale)}"`;
  const box = `viewBox="${view.x} ${view.y} ${view.width} ${view.height}" preserveAspectRatio="none"`;
  const ground = `<rect x="${view.x}" y="${view.y}" width="${view.width}" height="${view.height}" fill="${theme.canvas}"/>`;
  const body = shapes.map((shape) => drawShape(shape, theme)).join('');
  return decodeImage(await renderSvg(`<svg xmlns="http://www.w3.org/2000/svg" ${size} ${box}>${ground}${body}</svg>`));
}

function drawShape({ x, y, w, h, look }: Shape, theme: Theme): string {
  switch (look.kind) {
    case 'box':
      return `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${look.radius}" fill="${theme[look.role]}"/>`;
    case 'text':
      return `<path d="${outlineText(look.text, { family: 'Inter', style: look.style }, h, 0, x, y + 0.9 * h)}" fill="${theme[look.role]}"/>`;
    case 'icon': {
      const place = `translate(${x} ${y}) scale(${w / 24})`;
      return `<path d="${ICONS[look.icon]}" transform="${place}" fill="none" stroke="${theme[look.role]}" stroke-width="2"/>`;
    }
    case 'picture':
      return drawPicture({ x, y, w, h }, look.seed, look.round);
  }
}

/** A background and some ellipses, with the same colours in every theme. */
function drawPicture({ x, y, w, h }: Omit<Shape, 'key' | 'look'>, seed: number, round: boolean): string {
  const random = seededRandom(seed);
  const colour = () =>
    `hsl(${Math.floor(random() * 360)} ${30 + Math.floor(random() * 50)}% ${30 + Math.floor(random() * 45)}%)`;
  const ground = colour();
  const blobs = Array.from({ length: 5 }, () => {
    const [cx, cy] = [random() * 100, random() * 100];
    return `<ellipse cx="${cx}" cy="${cy}" rx="${8 + random() * 30}" ry="${8 + random() * 24}" fill="${colour()}"/>`;
  });
  const rx = round ? w / 2 : PICTURE_RADIUS;
  const id = `p${seed}-${Math.round(x)}-${Math.round(y)}`;
  const clip = `<clipPath id="${id}"><rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${rx}"/></clipPath>`;
  const content = `<rect width="100" height="100" fill="${ground}"/>${blobs.join('')}`;
  return `${clip}<g clip-path="url(#${id})"><g transform="translate(${x} ${y}) scale(${w / 100} ${h / 100})">${content}</g></g>`;
}
