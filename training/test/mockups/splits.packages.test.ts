import { describe, expect, it } from 'vitest';
import { samplePair } from '../../mockups/changes.js';
import { COMPONENT_IDS } from '../../mockups/components/components.js';
import { ICON_ROLES, ICON_SETS, iconName } from '../../mockups/icons/icons.js';
import { random } from '../../mockups/random.js';
import { sampleScreen } from '../../mockups/screen.js';
import { HELD_OUT, type Split } from '../../mockups/split.js';
import { sampleStyle } from '../../mockups/style.js';

function sampled(split: Split) {
  return Array.from({ length: 300 }, (_, n) => {
    const rng = random('splits', split, n);
    const screen = sampleScreen(`s${n}`, split, rng);
    const { source, target } = samplePair(sampleStyle(split, `s${n}`, rng), split, rng);
    return { components: [...screen.sections, ...screen.spare], styles: [source.style, target.style] };
  });
}

describe('the splits', () => {
  it('hold out existing components', () => {
    expect(HELD_OUT.components.filter((id) => !COMPONENT_IDS.includes(id))).toEqual([]);
  });

  it('exclude held-out content from training', () => {
    const pairs = sampled('train');
    const heldOut: readonly string[] = HELD_OUT.components;
    expect(pairs.flatMap(({ components }) => components).filter((id) => heldOut.includes(id))).toEqual([]);
    const languages: readonly string[] = HELD_OUT.languages;
    const icons: readonly string[] = HELD_OUT.icons;
    const styles = pairs.flatMap((pair) => pair.styles);
    expect(styles.filter(({ language }) => languages.includes(language))).toEqual([]);
    expect(styles.filter((style) => icons.includes(style.icons))).toEqual([]);
  });

  it('include all held-out content in validation, without languages and icon sets of training', () => {
    const pairs = sampled('validation');
    const styles = pairs.flatMap((pair) => pair.styles);
    expect(new Set(styles.map(({ language }) => language))).toEqual(new Set(HELD_OUT.languages));
    expect(new Set(styles.map(({ icons }) => icons))).toEqual(new Set(HELD_OUT.icons));
    const shown = new Set(pairs.flatMap(({ components }) => components));
    expect(HELD_OUT.components.filter((id) => !shown.has(id))).toEqual([]);
  });
});

it('a pair has all its listed changes', () => {
  for (let n = 0; n < 2000; n++) {
    const rng = random('changes', n);
    const { source, target, change } = samplePair(sampleStyle('train', `s${n}`, rng), 'train', rng);
    const sides = [source, target];
    if (change.includes('frame')) expect(source.shot.frame).not.toBe(target.shot.frame);
    if (change.includes('crop')) expect(sides.some(({ shot }) => shot.crop !== null)).toBe(true);
    if (change.includes('scale')) expect(source.shot.scale).not.toBe(target.shot.scale);
    if (change.includes('removed'))
      expect(Math.max(...sides.map(({ style }) => style.edit.removed))).toBeGreaterThan(0.15);
  }
});

it('every icon set has every icon', () => {
  const missing = ICON_SETS.flatMap((set) =>
    ICON_ROLES.filter((role) => iconName(set, role) === undefined).map((role) => `${set}: ${role}`),
  );
  expect(missing).toEqual([]);
});
