import { describe, expect, it } from 'vitest';
import { LOCALES, type LocaleId } from '../../mockups/texts/locales.js';
import { label, sampleText } from '../../mockups/texts/texts.js';

const ids = Object.keys(LOCALES) as LocaleId[];
const SCRIPTS: Partial<Record<LocaleId, RegExp>> = {
  ru: /\p{Script=Cyrillic}/u,
  ja: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u,
  zh: /\p{Script=Han}/u,
  ko: /\p{Script=Hangul}/u,
  ar: /\p{Script=Arabic}/u,
  he: /\p{Script=Hebrew}/u,
};

describe('texts', () => {
  it('depend on the key, and labels are translated', () => {
    expect(sampleText('paragraph', 'fr', 'a')).toBe(sampleText('paragraph', 'fr', 'a'));
    expect(sampleText('paragraph', 'fr', 'a')).not.toBe(sampleText('paragraph', 'fr', 'b'));
    expect(label('de', 'save')).toBe('Speichern');
    expect(label('he', 'save')).toBe('שמירה');
  });

  it.each(ids)('use the script of %s', (locale) => {
    for (let n = 0; n < 40; n++) {
      const sentence = sampleText('sentence', locale, `${n}`);
      expect(sentence).toMatch(SCRIPTS[locale] ?? /\p{Script=Latin}/u);
      expect(sentence).not.toMatch(/[{}]/);
    }
  });

  it('have names and numbers for their placeholders', () => {
    const sentences = new Set(Array.from({ length: 200 }, (_, n) => sampleText('sentence', 'en', `${n}`)));
    expect(sentences.size).toBeGreaterThan(60);
  });

  it('reject an unknown label', () => {
    expect(() => label('en', 'no such label')).toThrow('labels.tsv has no row "no such label"');
  });
});
