import { allFakers, type Faker } from '@faker-js/faker';

/** A language of the mockups: its generator of names, and its typesetting. */
export interface Locale {
  faker: Faker;
  direction: 'ltr' | 'rtl';
  /** Fallback after the design language's font in `font-family`. */
  font: string;
  /** BCP 47, for dates and numbers. */
  tag: string;
}

/** Covers Latin and Cyrillic, unlike some fonts of design languages. */
const LATIN = 'Noto Sans Variable';

export const LOCALES = {
  en: { faker: allFakers.en, direction: 'ltr', font: LATIN, tag: 'en-GB' },
  de: { faker: allFakers.de, direction: 'ltr', font: LATIN, tag: 'de-DE' },
  fr: { faker: allFakers.fr, direction: 'ltr', font: LATIN, tag: 'fr-FR' },
  es: { faker: allFakers.es, direction: 'ltr', font: LATIN, tag: 'es-ES' },
  ru: { faker: allFakers.ru, direction: 'ltr', font: LATIN, tag: 'ru-RU' },
  ja: { faker: allFakers.ja, direction: 'ltr', font: 'Noto Sans JP Variable', tag: 'ja-JP' },
  zh: { faker: allFakers.zh_CN, direction: 'ltr', font: 'Noto Sans SC Variable', tag: 'zh-CN' },
  ko: { faker: allFakers.ko, direction: 'ltr', font: 'Noto Sans KR Variable', tag: 'ko-KR' },
  ar: { faker: allFakers.ar, direction: 'rtl', font: 'Noto Sans Arabic Variable', tag: 'ar-EG' },
  he: { faker: allFakers.he, direction: 'rtl', font: 'Noto Sans Hebrew Variable', tag: 'he-IL' },
} as const satisfies Record<string, Locale>;

export type LocaleId = keyof typeof LOCALES;
