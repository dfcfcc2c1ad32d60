import { type Edit, UNEDITED } from './edit.js';
import type { IconSetId } from './icons/icons.js';
import { ICON_SETS } from './icons/icons.js';
import { LANGUAGES, type LanguageId } from './languages.js';
import type { Random } from './random.js';
import { allowed, HELD_OUT, type Split } from './split.js';
import { LOCALES, type LocaleId } from './texts/locales.js';

export type Form = 'phone' | 'tablet' | 'desktop';
export type Density = 'compact' | 'regular' | 'roomy';
export type Wireframe = 'none' | 'outline' | 'skeleton';

/** Visual style of one side of a pair: everything except the sections of the screen. */
export interface Style {
  form: Form;
  /** Viewport in CSS pixels. */
  width: number;
  height: number;
  language: LanguageId;
  dark: boolean;
  /** Hue of the accent colour, in degrees. */
  hue: number;
  density: Density;
  icons: IconSetId;
  font: string;
  locale: LocaleId;
  wireframe: Wireframe;
  /** Seed of names, numbers and images. */
  contentSeed: string;
  /** Seed of the arrangement of components. */
  arrangementSeed: string;
  /** Parts moved, removed and inserted. */
  edit: Edit;
}

const VIEWPORTS: Record<Form, readonly (readonly [number, number])[]> = {
  phone: [
    [390, 844],
    [360, 780],
    [412, 892],
    [375, 667],
    [430, 932],
  ],
  tablet: [
    [768, 1024],
    [820, 1180],
    [1024, 768],
  ],
  desktop: [
    [1280, 800],
    [1440, 900],
    [1366, 768],
    [1200, 900],
  ],
};

const FORMS: readonly Form[] = ['phone', 'phone', 'phone', 'tablet', 'desktop', 'desktop'];
const LOCALE_IDS: readonly LocaleId[] = Object.keys(LOCALES).filter((id): id is LocaleId => id in LOCALES);
/** Most mockups are in English. */
const FIRST_LOCALES: readonly LocaleId[] = ['en', 'en', 'en', 'en', ...LOCALE_IDS];

export function viewport(form: Form, rng: Random): { form: Form; width: number; height: number } {
  const [width, height] = rng.pick(VIEWPORTS[form]);
  return { form, width, height };
}

export function sampleStyle(split: Split, seed: string, rng: Random): Style {
  const language = rng.pick(languagesOf(split));
  return {
    ...viewport(rng.pick(FORMS), rng),
    language,
    dark: rng.chance(0.3),
    hue: rng.whole(0, 359),
    density: rng.pick(['compact', 'regular', 'regular', 'roomy']),
    icons: rng.pick(iconsOf(split)),
    font: rng.pick(LANGUAGES[language].fonts),
    locale: rng.pick(FIRST_LOCALES),
    wireframe: 'none',
    contentSeed: `${seed}:content`,
    arrangementSeed: `${seed}:arrangement`,
    edit: UNEDITED,
  };
}

export function languagesOf(split: Split): LanguageId[] {
  const all: readonly LanguageId[] = Object.keys(LANGUAGES).filter((id): id is LanguageId => id in LANGUAGES);
  return allowed(split, all, HELD_OUT.languages);
}

export function iconsOf(split: Split): IconSetId[] {
  return allowed(split, ICON_SETS, HELD_OUT.icons);
}

/** A locale other than `from`, with the opposite or the same text direction. */
export function otherLocale(from: LocaleId, change: 'mirrored' | 'same direction', rng: Random): LocaleId {
  const mirrored = change === 'mirrored';
  return rng.pick(
    LOCALE_IDS.filter((id) => id !== from && (LOCALES[id].direction !== LOCALES[from].direction) === mirrored),
  );
}
