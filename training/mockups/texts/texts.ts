import { readFileSync } from 'node:fs';
import { random } from '../random.js';
import { LOCALES, type LocaleId } from './locales.js';

const LABELS = readColumns(new URL('labels.tsv', import.meta.url));
const SENTENCES = readColumns(new URL('sentences.tsv', import.meta.url));
/** Labels that are topics and fit anywhere; the others are verbs and states. */
const TOPIC_ROWS = LABELS.column('topic').flatMap((topic, row) => (topic === 'yes' ? [row] : []));
const LABEL_ROWS = new Map(LABELS.column('key').map((key, row) => [key, row]));

/** Kind of generated text. */
export type TextKind = 'topic' | 'person' | 'city' | 'company' | 'product' | 'sentence' | 'paragraph' | Measured;
type Measured = 'price' | 'count' | 'percent' | 'time' | 'date' | 'day' | 'rating' | 'username';

/** Label by key, the first column of `labels.tsv`. */
export function label(locale: LocaleId, key: string): string {
  const row = LABEL_ROWS.get(key);
  if (row === undefined) throw new RangeError(`labels.tsv has no row "${key}"`);
  return LABELS.cell(locale, row);
}

/** A text determined by `key`; translated to the locale where possible. */
export function sampleText(kind: TextKind, locale: LocaleId, key: string): string {
  const rng = random('words', kind, key);
  switch (kind) {
    case 'topic':
      return LABELS.cell(locale, rng.pick(TOPIC_ROWS));
    case 'sentence':
      return filled(SENTENCES.cell(locale, rng.whole(0, SENTENCES.rows - 1)), locale, key);
    case 'paragraph':
      return rng
        .shuffled(Array.from({ length: SENTENCES.rows }, (_, row) => SENTENCES.cell(locale, row)))
        .slice(0, rng.whole(2, 4))
        .map((sentence, n) => filled(sentence, locale, `${key}/${n}`))
        .join(' ');
    case 'person':
    case 'city':
    case 'company':
    case 'product':
    case 'username':
      return named(kind, locale, rng.whole(0, 2 ** 31));
    default:
      return measured(kind, locale, rng.next());
  }
}

const FILLING = ['person', 'city', 'company', 'product', 'price', 'count', 'time', 'date'] as const;

/** Replaces placeholders in braces by names and numbers. */
function filled(sentence: string, locale: LocaleId, key: string): string {
  return FILLING.reduce((text, kind) => text.replace(`{${kind}}`, () => sampleText(kind, locale, key)), sentence);
}

function named(kind: 'person' | 'city' | 'company' | 'product' | 'username', locale: LocaleId, seed: number): string {
  const { faker } = LOCALES[locale];
  faker.seed(seed);
  switch (kind) {
    case 'person':
      return `${faker.person.firstName()} ${faker.person.lastName()}`;
    case 'city':
      return faker.location.city();
    case 'company':
      return faker.company.name();
    case 'product':
      return faker.commerce.productName();
    case 'username':
      return `@${LOCALES.en.faker.seed(seed) && LOCALES.en.faker.internet.username().toLowerCase()}`;
  }
}

const DAY_MS = 86_400_000;
const FIRST_DAY_MS = Date.UTC(2025, 0, 1);

function measured(kind: Measured, locale: LocaleId, share: number): string {
  const { tag } = LOCALES[locale];
  const moment = new Date(FIRST_DAY_MS + share * 700 * DAY_MS);
  const date = (options: Intl.DateTimeFormatOptions) => moment.toLocaleString(tag, { timeZone: 'UTC', ...options });
  const number = (value: number, options: Intl.NumberFormatOptions = {}) => value.toLocaleString(tag, options);
  switch (kind) {
    case 'price':
      return number(Math.round(10 ** (0.7 + share * 2.6)) - 0.01, { style: 'currency', currency: CURRENCIES[locale] });
    case 'count':
      return number(Math.round(10 ** (0.5 + share * 4)));
    case 'percent':
      return `${share < 0.3 ? '−' : '+'}${number(share * 30, { maximumFractionDigits: 1 })} %`;
    case 'rating':
      return number(3 + share * 2, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    case 'time':
      return date({ hour: '2-digit', minute: '2-digit' });
    case 'date':
      return date({ day: 'numeric', month: 'short', year: 'numeric' });
    case 'day':
      return date({ weekday: 'short', day: 'numeric' });
    default:
      throw new RangeError(`${kind} is not measured`);
  }
}

const CURRENCIES: Record<LocaleId, string> = {
  en: 'USD',
  de: 'EUR',
  fr: 'EUR',
  es: 'EUR',
  ru: 'RUB',
  ja: 'JPY',
  zh: 'CNY',
  ko: 'KRW',
  ar: 'EGP',
  he: 'ILS',
};

/** A table of tab-separated values with a header line. */
export interface Columns {
  rows: number;
  cell(column: string, row: number): string;
  column(column: string): string[];
}

export function readColumns(file: URL): Columns {
  const [head = [], ...rows] = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  const cell = (column: string, row: number) => {
    const text = rows[row]?.[head.indexOf(column)];
    if (text === undefined) throw new RangeError(`${file.pathname} has no cell ${column}, ${row}`);
    return text;
  };
  return { rows: rows.length, cell, column: (column) => rows.map((_, row) => cell(column, row)) };
}
