import { readFileSync } from 'node:fs';
import { random } from '../random.js';

/** Objects of shops, menus and travel guides: names in `@iconify-json/fluent-emoji-flat`. */
export const OBJECTS: readonly string[] = (
  'alarm-clock backpack banana basketball beach-with-umbrella bento-box birthday-cake books bread briefcase broccoli ' +
  'burrito cactus camera candle carrot chair cheese-wedge cherries chocolate-bar clinking-glasses coconut cookie couch-and-lamp ' +
  'croissant cup-with-straw curry-rice desktop-computer dress doughnut evergreen-tree french-fries game-die glasses grapes green-salad ' +
  'guitar hamburger handbag headphone high-heeled-shoe hiking-boot hot-beverage hot-pepper ice-cream jeans joystick key kite ' +
  'laptop lemon lipstick lollipop luggage mans-shoe melon mobile-phone motor-scooter mountain musical-keyboard necktie ' +
  'open-book palm-tree pancakes peach pear pineapple pizza potted-plant racing-car ring rocket running-shoe sailboat sandwich ' +
  'saxophone scissors shortcake shrimp soccer-ball spaghetti strawberry sunflower sunglasses sushi t-shirt taco teacup-without-handle ' +
  'teapot teddy-bear television tent tomato top-hat trophy tulip umbrella video-game violin watch watermelon wine-glass womans-hat ' +
  'yarn yo-yo'
).split(' ');

interface EmojiSet {
  icons: Record<string, { body: string } | undefined>;
}
let emoji: EmojiSet | undefined;

/** An object on a coloured background, like a product image: a 4:3 SVG. */
export function objectImage(name: string, key: string): string {
  emoji ??= JSON.parse(
    readFileSync(new URL(import.meta.resolve('@iconify-json/fluent-emoji-flat/icons.json')), 'utf8'),
  ) as EmojiSet;
  const body = emoji.icons[name]?.body;
  if (body === undefined) throw new RangeError(`fluent-emoji-flat has no "${name}"`);
  const rng = random(key);
  const hue = rng.whole(0, 359);
  const light = rng.whole(72, 94);
  const size = rng.whole(52, 78);
  const ids = body.replace(/(id="|url\(#|href="#)/g, `$1${key.replace(/\W/g, '')}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240" viewBox="0 0 128 96">
<defs><radialGradient id="ground" cx="${rng.whole(30, 70)}%" cy="${rng.whole(20, 60)}%" r="80%">
<stop offset="0" stop-color="hsl(${hue} 45% ${light}%)"/><stop offset="1" stop-color="hsl(${hue + 30} 40% ${light - 18}%)"/></radialGradient></defs>
<rect width="128" height="96" fill="url(#ground)"/><ellipse cx="64" cy="${50 + size / 2}" rx="${size / 2.4}" ry="3.5" opacity=".18"/>
<svg x="${64 - size / 2}" y="${48 - size / 2}" width="${size}" height="${size}" viewBox="0 0 32 32">${ids}</svg></svg>`;
}
