import { expect, it } from 'vitest';
import { COMPONENT_IDS, COMPONENTS } from '../../mockups/components/components.js';
import { Images } from '../../mockups/images/images.js';
import { random } from '../../mockups/random.js';
import { Scope } from '../../mockups/scope.js';
import { sampleStyle } from '../../mockups/style.js';
import { LOCALES, type LocaleId } from '../../mockups/texts/locales.js';

const images = new Images({ photo: ['p.jpg'], portrait: ['f.svg'], object: ['o.svg'], flag: ['c.svg'] });
const style = { ...sampleStyle('train', 'test', random('look')), wireframe: 'none' } as const;

function idsOf(html: string): string[] {
  return [...html.matchAll(/data-id="([^"]+)"/g)].map(([, id]) => id ?? '');
}

it('there are at least forty components', () => {
  expect(COMPONENT_IDS.length).toBeGreaterThanOrEqual(40);
});

it.each(COMPONENT_IDS)('%s marks every part once, by the same ids in every locale and form', (id) => {
  for (const form of ['phone', 'tablet', 'desktop'] as const) {
    const ids = (locale: LocaleId) => idsOf(COMPONENTS[id].draw(new Scope('s', { ...style, form, locale }, images)));
    const english = ids('en');
    expect(english.length).toBeGreaterThan(1);
    expect(new Set(english).size).toBe(english.length);
    for (const locale of Object.keys(LOCALES) as LocaleId[]) expect(ids(locale)).toEqual(english);
  }
});
