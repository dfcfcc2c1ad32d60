import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { Drawer, type Drawing, type DrawnLayer } from './browser.js';
import { FRAME, FRAME_COUNT, firstMask, firstPoints, frameOf } from './frames.js';
import { homeScreen, settingsScreen, trailScreen, type Version } from './screens.js';
import { stickerOnHome } from './sticker.js';

const FOLDER = fileURLToPath(new URL('../../daemon/samples/', import.meta.url));
const PHONE = { width: 375, height: 812, scale: 2 } as const;
const LARGE_PHONE = { width: 430, height: 860, scale: 2 } as const;
const SMALL = { width: 375, height: 812, scale: 1 } as const;
const ENGLISH = { language: 'en', theme: 'light' } as const satisfies Version;
const DARK = { language: 'en', theme: 'dark' } as const satisfies Version;
const GERMAN = { language: 'de', theme: 'light' } as const satisfies Version;

const drawer = await Drawer.open();
try {
  for (const folder of ['frames', 'my-screens']) {
    rmSync(`${FOLDER}${folder}`, { recursive: true, force: true });
    mkdirSync(`${FOLDER}${folder}`, { recursive: true });
  }
  await drawHome();
  await drawTrail();
  await drawFrames();
  await drawPairs();
} finally {
  await drawer.close();
}

/** The home screen, its dark and its German version, their layers, and the remark on the first. */
async function drawHome(): Promise<void> {
  const home = await drawer.draw({ ...PHONE, html: homeScreen(ENGLISH) });
  const dark = await drawer.draw({ ...PHONE, html: homeScreen(DARK) });
  const german = await drawer.draw({ ...LARGE_PHONE, html: homeScreen(GERMAN) });
  const sticker = await drawer.draw({ ...PHONE, html: stickerOnHome(), isTransparent: true });
  await writePng('home.png', home);
  await writePng('dark.png', dark);
  await writePng('german.png', german);
  await writePng('sticker.png', sticker);
  const targets = { 'dark.png': layerList(dark.layers, 2), 'german.png': layerList(german.layers, 3) };
  writeText('layers.json', layersJson(layerList(home.layers, 1), targets));
}

/** A screen before a change, and a photograph of a phone that shows it afterwards. */
async function drawTrail(): Promise<void> {
  const before = await drawer.draw({ ...PHONE, html: trailScreen(ENGLISH) });
  const after = await drawer.draw({ ...PHONE, html: trailScreen({ ...ENGLISH, isNew: true }) });
  const photo = `<div class="photo"><img width="375" height="812" src="data:image/png;base64,${after.png.toString('base64')}" style="transform:rotateX(7deg) rotateY(-9deg) rotateZ(3deg)"></div>`;
  await writePng('before.png', before);
  await writePng('after.png', await drawer.draw({ width: 500, height: 900, scale: 1.5, html: photo }));
}

async function drawFrames(): Promise<void> {
  for (let n = 0; n < FRAME_COUNT; n++) {
    const { png } = await drawer.draw({ ...FRAME, scale: 1, html: frameOf(n) });
    await sharp(png)
      .jpeg({ quality: 82, mozjpeg: true })
      .toFile(`${FOLDER}frames/${String(n + 1).padStart(4, '0')}.jpg`);
  }
  const mask = await drawer.draw({ ...FRAME, scale: 1, html: firstMask(), isTransparent: true });
  await writePng('first.png', mask);
  writeText('points.csv', firstPoints());
}

/** Pairs with the points that both drawings have: of layers with the same name. */
async function drawPairs(): Promise<void> {
  const light = await drawer.draw({ ...SMALL, html: settingsScreen(ENGLISH) });
  const dark = await drawer.draw({ ...SMALL, html: settingsScreen(DARK) });
  const wide = await drawer.draw({ width: 480, height: 780, scale: 1, html: settingsScreen(ENGLISH) });
  const trail = await drawer.draw({ ...SMALL, html: trailScreen(ENGLISH) });
  const german = await drawer.draw({ ...SMALL, html: trailScreen(GERMAN) });
  const drawings = {
    settings: light,
    'settings-dark': dark,
    'settings-wide': wide,
    trail: trail,
    'trail-german': german,
  };
  for (const [name, drawing] of Object.entries(drawings)) await writePng(`my-screens/${name}.png`, drawing);
  const pairs = [
    { source: 'settings.png', target: 'settings-dark.png', ...commonPoints(light, dark), group: 'theme' },
    { source: 'settings.png', target: 'settings-wide.png', ...commonPoints(light, wide), group: 'width' },
    { source: 'trail.png', target: 'trail-german.png', ...commonPoints(trail, german), group: 'language' },
  ];
  writeText('my-screens/pairs.json', `[\n${pairs.map((pair) => `  ${JSON.stringify(pair)}`).join(',\n')}\n]\n`);
}

type PointList = [number, number][];

/**
 * The centre of every layer without layers in it, and the left end of every text, which may be longer in the other version.
 */
function commonPoints(source: Drawing, target: Drawing): { sourcePoints: PointList; targetPoints: PointList } {
  const pairs = source.layers.flatMap((layer, n) => {
    const other = target.layers[n];
    if (other?.name !== layer.name) throw new Error(`${layer.name} is not layer ${n} of both`);
    // the middle of a container is often empty
    const isContainer = source.layers.some(({ parent }) => parent === n);
    return isContainer ? [] : [[pointOf(layer), pointOf(other)] as const];
  });
  return { sourcePoints: pairs.map(([point]) => point), targetPoints: pairs.map(([, point]) => point) };
}

function pointOf({ type, box: { x, y, w, h } }: DrawnLayer): [number, number] {
  return [type === 'TEXT' ? x + 4 : Math.round(x + w / 2), Math.round(y + h / 2)];
}

/** Layers as `match --layers` reads them. @param frame first part of their ids, as a document numbers them */
function layerList(layers: readonly DrawnLayer[], frame: number): object[] {
  const idOf = (n: number) => `${frame}:${n + 1}`;
  return layers.map(({ name, type, box, parent, text }, n) => ({
    layerId: idOf(n),
    ...(parent < 0 ? {} : { parentId: idOf(parent) }),
    type,
    name,
    ...(text === null ? {} : { text }),
    box,
  }));
}

/** One layer a line. */
function layersJson(source: object[], targets: Readonly<Record<string, object[]>>): string {
  const list = (layers: object[], indent: string) =>
    `[\n${layers.map((layer) => `${indent}  ${JSON.stringify(layer)}`).join(',\n')}\n${indent}]`;
  const lists = Object.entries(targets).map(([name, layers]) => `    ${JSON.stringify(name)}: ${list(layers, '    ')}`);
  return `{\n  "source": ${list(source, '  ')},\n  "targets": {\n${lists.join(',\n')}\n  }\n}\n`;
}

/** Saves with a palette: the screens have few colours, and users download them with the package. */
async function writePng(name: string, { png }: Drawing): Promise<void> {
  await sharp(png).png({ palette: true, quality: 92, effort: 10, dither: 0.6 }).toFile(`${FOLDER}${name}`);
}

function writeText(name: string, text: string): void {
  writeFileSync(`${FOLDER}${name}`, text);
}
