import { LANGUAGES } from './languages.js';
import type { Random } from './random.js';
import type { Split } from './split.js';
import { iconsOf, languagesOf, otherLocale, type Style, viewport } from './style.js';

/** How a screenshot is taken. */
export interface Shot {
  /** Image pixels per CSS pixel. */
  scale: number;
  /** JPEG quality in percent; absent for PNG. */
  jpegQuality: number | null;
  frame: boolean;
  /** Crop at each side, relative to width and height. */
  crop: { left: number; top: number; right: number; bottom: number } | null;
  /** Scroll offset in CSS pixels. */
  scroll: number;
}

/** One image of a pair. */
export interface Side {
  style: Style;
  shot: Shot;
  dialog: boolean;
}

interface ChangeKind {
  /** Relative frequency as the main change of a pair. */
  weight: number;
  /** Probability as an additional change. */
  along: number;
  apply(side: Side, rng: Random, split: Split): Side;
}

/** How versions of a screen differ. */
export const CHANGES = {
  dark: { weight: 3, along: 0.1, apply: withStyleChange((style) => ({ dark: !style.dark })) },
  colour: {
    weight: 1,
    along: 0.15,
    apply: withStyleChange((style, rng) => ({ hue: (style.hue + rng.whole(60, 300)) % 360 })),
  },
  restyled: { weight: 4, along: 0.2, apply: withStyleChange(restyle) },
  icons: {
    weight: 2,
    along: 0.2,
    apply: withStyleChange((style, rng, split) => ({
      icons: rng.pick(iconsOf(split).filter((id) => id !== style.icons)),
    })),
  },
  locale: {
    weight: 3,
    along: 0.12,
    apply: withStyleChange((style, rng) => ({ locale: otherLocale(style.locale, 'same direction', rng) })),
  },
  'right-to-left': {
    weight: 3,
    along: 0.03,
    apply: withStyleChange((style, rng) => ({ locale: otherLocale(style.locale, 'mirrored', rng) })),
  },
  content: {
    weight: 3,
    along: 0.3,
    apply: withStyleChange((style, rng) => ({ contentSeed: `${style.contentSeed}:${rng.next()}` })),
  },
  order: {
    weight: 3,
    along: 0.12,
    apply: edit((rng, { removed }) => ({ reorder: true, removed: Math.max(removed, rng.next() * 0.1) })),
  },
  removed: { weight: 1.5, along: 0.1, apply: edit((rng) => ({ removed: 0.15 + rng.next() * 0.25 })) },
  inserted: { weight: 1.5, along: 0.1, apply: edit((rng) => ({ inserted: 0.08 + rng.next() * 0.2 })) },
  width: {
    weight: 2,
    along: 0.2,
    apply: withStyleChange((style, rng) => ({ width: Math.round(style.width * (0.82 + rng.next() * 0.34)) })),
  },
  breakpoint: { weight: 3, along: 0.03, apply: breakpoint },
  density: {
    weight: 2,
    along: 0.15,
    apply: withStyleChange((style, rng) => ({
      density: rng.pick((['compact', 'regular', 'roomy'] as const).filter((density) => density !== style.density)),
    })),
  },
  wireframe: {
    weight: 2,
    along: 0.02,
    apply: withStyleChange((_, rng) => ({ wireframe: rng.pick(['outline', 'outline', 'skeleton'] as const) })),
  },
  dialog: { weight: 1, along: 0.04, apply: (side) => ({ ...side, dialog: !side.dialog }) },
  scale: { weight: 1, along: 0.35, apply: reshot((shot, rng) => ({ scale: shot.scale * (0.7 + rng.next() * 0.7) })) },
  jpeg: { weight: 0.5, along: 0.2, apply: reshot((_, rng) => ({ jpegQuality: rng.whole(30, 88) })) },
  frame: { weight: 1, along: 0.05, apply: reshot((shot) => ({ frame: !shot.frame, crop: null })) },
  crop: { weight: 1.5, along: 0.2, apply: reshot((_, rng) => ({ crop: sampleCrop(rng), frame: false })) },
  scroll: { weight: 1.5, along: 0.2, apply: reshot((shot, rng) => ({ scroll: shot.scroll + rng.whole(40, 320) })) },
} as const satisfies Record<string, ChangeKind>;

export type ChangeId = keyof typeof CHANGES;
export const CHANGE_IDS: readonly ChangeId[] = Object.keys(CHANGES).filter((id): id is ChangeId => id in CHANGES);

/** Changes that would undo each other. */
const TAKES_BACK: { readonly [id in ChangeId]?: ChangeId } = { frame: 'crop', crop: 'frame', breakpoint: 'scale' };

/** Two images of a screen; the first of `change` is the main one. */
export interface PairPlan {
  source: Side;
  target: Side;
  change: ChangeId[];
}

/** @param about allowed main changes; others may be added */
export function samplePair(style: Style, split: Split, rng: Random, about = CHANGE_IDS): PairPlan {
  const shot = { scale: imageScale(style, rng), jpegQuality: null, frame: rng.chance(0.06), crop: null, scroll: 0 };
  const source = { style, shot, dialog: rng.chance(0.06) };
  const first = weighted(about, rng);
  const along = CHANGE_IDS.filter((id) => id !== first && rng.chance(CHANGES[id].along));
  const change = [first, ...along].filter((id, n, all) => !all.slice(0, n).some((one) => one === TAKES_BACK[id]));
  const target = change.reduce<Side>((side, id) => CHANGES[id].apply(side, rng, split), source);
  return rng.chance(0.5) ? { source, target, change } : { source: target, target: source, change };
}

function weighted(about: readonly ChangeId[], rng: Random): ChangeId {
  let left = rng.next() * about.reduce((sum, id) => sum + CHANGES[id].weight, 0);
  for (const id of about) {
    left -= CHANGES[id].weight;
    if (left < 0) return id;
  }
  return 'content';
}

/** Screenshots on a canvas are mostly at frame size; desktops are downscaled. */
function imageScale({ form }: Style, rng: Random): number {
  return form === 'phone' ? 0.85 + rng.next() * 0.55 : 0.55 + rng.next() * 0.35;
}

function withStyleChange(change: (style: Style, rng: Random, split: Split) => Partial<Style>): ChangeKind['apply'] {
  return (side, rng, split) => ({ ...side, style: { ...side.style, ...change(side.style, rng, split) } });
}

function reshot(change: (shot: Shot, rng: Random) => Partial<Shot>): ChangeKind['apply'] {
  return (side, rng) => ({ ...side, shot: { ...side.shot, ...change(side.shot, rng) } });
}

function edit(change: (rng: Random, before: Style['edit']) => Partial<Style['edit']>): ChangeKind['apply'] {
  return withStyleChange((style, rng) => ({
    edit: { ...style.edit, seed: `edit:${rng.next()}`, ...change(rng, style.edit) },
  }));
}

function restyle(style: Style, rng: Random, split: Split): Partial<Style> {
  const language = rng.pick(languagesOf(split).filter((id) => id !== style.language));
  return {
    language,
    font: rng.pick(LANGUAGES[language].fonts),
    hue: rng.whole(0, 359),
    arrangementSeed: `${style.arrangementSeed}:${rng.next()}`,
  };
}

function breakpoint(side: Side, rng: Random): Side {
  const form = rng.pick((['phone', 'tablet', 'desktop'] as const).filter((id) => id !== side.style.form));
  const style = { ...side.style, ...viewport(form, rng) };
  return { ...side, style, shot: { ...side.shot, scale: imageScale(style, rng) } };
}

function sampleCrop(rng: Random): NonNullable<Shot['crop']> {
  const cut = () => Math.max(0, rng.next() * 0.55 - 0.2);
  return { left: cut(), top: cut(), right: cut() * 0.6, bottom: cut() };
}
