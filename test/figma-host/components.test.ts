import { afterEach, describe, expect, test } from 'vitest';
import { solid } from './documents/parts.js';
import type { FigmaHost } from './figma-host.js';
import { runPluginScript } from './script-session.js';
import type { DocumentSpec, NodeSpec } from './spec.js';

const open: FigmaHost[] = [];
afterEach(() => {
  for (const host of open.splice(0)) host.dispose();
});

const label = (key: string, characters: string): NodeSpec => ({
  ...{ key, type: 'TEXT', name: 'Label', x: 8, y: 8 },
  props: { characters, componentPropertyReferences: { characters: 'Label#1:0' } },
});
const variant = (key: string, name: string, x: number): NodeSpec => ({
  ...{ key, type: 'COMPONENT', name, x, width: 80, height: 30, props: { fills: solid('#3366ff') } },
  children: [
    label(`${key}-label`, 'Buy'),
    { key: `${key}-icon`, type: 'RECTANGLE', name: 'Icon', x: 60, width: 10, height: 10 },
  ],
});
const DOCUMENT: DocumentSpec = {
  name: 'Components',
  children: [
    {
      ...{ key: 'set', type: 'COMPONENT_SET', name: 'Button', width: 200, height: 40 },
      props: { componentPropertyDefinitions: { 'Label#1:0': { type: 'TEXT', defaultValue: 'Buy' } } },
      children: [variant('small', 'Size=Small', 0), variant('large', 'Size=Large', 100)],
    },
    {
      ...{ key: 'card', type: 'COMPONENT', name: 'Card', y: 100, width: 120, height: 60 },
      children: [{ key: 'action', type: 'INSTANCE', name: 'Action', component: 'small', x: 10, y: 20 }],
    },
    { key: 'use', type: 'INSTANCE', name: 'Button', component: 'small', x: 300 },
    { key: 'card-use', type: 'INSTANCE', name: 'Card', component: 'card', x: 300, y: 100 },
  ],
};
const KEYS = ['set', 'small', 'small-label', 'small-icon', 'large', 'card', 'action', 'use', 'card-use'];
const SETUP = `
  const [use, small, large, card, cardUse, action] =
    await Promise.all(['use', 'small', 'large', 'card', 'card-use', 'action'].map(node));
  const message = (act) => { try { act(); return 'fine'; } catch (error) { return error.message; } };
  await figma.loadFontAsync({ family: 'Inter', style: 'Regular' });`;

async function run(script: string): Promise<unknown> {
  const { host, answer } = await runPluginScript(`${SETUP}\n${script}`, KEYS, { document: DOCUMENT });
  open.push(host);
  return answer;
}

describe('the layers of an instance', () => {
  test('have the ids of the instance and of the main layer, in a chain', async () => {
    const answer = await run(`return [use.children[0].id === 'I' + use.id + ';' + ids['small-label'],
      cardUse.children[0].children[0].id === 'I' + cardUse.id + ';' + ids.action + ';' + ids['small-label']]`);
    expect(answer).toEqual([true, true]);
  });

  test('follow the main component, except for what was overridden', async () => {
    const answer = await run(`
      const fill = (r) => [{ type: 'SOLID', color: { r, g: 0, b: 0 } }];
      const [icon, other] = [use.children[1], cardUse.children[0].children[1]];
      icon.fills = fill(1);
      const main = await node('small-icon');
      main.fills = fill(0.5); main.x = 55;
      small.appendChild(figma.createEllipse());
      return [icon.fills[0].color.r, icon.x, other.fills[0].color.r, use.children.length,
        cardUse.children[0].children.length, use.overrides.map((one) => one.overriddenFields)]`);
    expect(answer).toEqual([1, 55, 0.5, 3, 3, [['fills']]]);
  });

  test('accept what Figma lets an instance override, and nothing else', async () => {
    const answer = await run(`const icon = use.children[1];
      return [message(() => { icon.opacity = 0.5; icon.name = 'Mark'; icon.visible = false; }),
        message(() => { icon.x = 1; }), message(() => { icon.minWidth = 5; icon.constraints = {}; }),
        (icon.resize(50, 50), icon.width), (use.resize(100, 40), use.width)]`);
    expect(answer).toEqual([
      'fine',
      'in set_x: This property cannot be overridden in an instance: relative-transform',
      expect.stringMatching(/cannot be overridden|not extensible/),
      10,
      100,
    ]);
  });

  test('are as in the main component again after removeOverrides', async () => {
    const answer = await run(`use.children[0].characters = 'Sell'; use.children[1].opacity = 0.5; use.removeOverrides();
      return [use.children[0].characters, use.children[1].opacity, use.overrides]`);
    expect(answer).toEqual(['Buy', 1, []]);
  });
});

describe('component properties', () => {
  test('set texts and variants, and keep overrides', async () => {
    const answer = await run(`use.children[1].opacity = 0.5;
      use.setProperties({ Label: 'Sell', Size: 'Large' });
      const main = await use.getMainComponentAsync();
      return [main.name, use.children[0].characters, use.children[1].opacity, use.componentProperties,
        message(() => use.setProperties({ Size: 'Huge' })), message(() => use.setProperties({ Colour: 'x' }))]`);
    expect(answer).toEqual([
      'Size=Large',
      'Sell',
      0.5,
      {
        Size: { type: 'VARIANT', value: 'Large', boundVariables: {} },
        'Label#1:0': { type: 'TEXT', value: 'Sell', boundVariables: {} },
      },
      'in setProperties: Unable to find a variant with those property values',
      "in setProperties: Could not find a component property with name: 'Colour'",
    ]);
  });

  test('change with a text that refers to them', async () => {
    const answer = await run(`use.children[0].characters = 'Sell';
      return [use.componentProperties['Label#1:0'].value, (await node('set')).componentPropertyDefinitions.Size,
        message(() => small.componentPropertyDefinitions)]`);
    expect(answer).toEqual([
      'Sell',
      { type: 'VARIANT', defaultValue: 'Small', variantOptions: ['Small', 'Large'] },
      expect.stringMatching(/component set or non-variant/),
    ]);
  });

  test('can be added, and show and hide a layer', async () => {
    const answer = await run(`
      const name = card.addComponentProperty('Has action', 'BOOLEAN', true);
      action.componentPropertyReferences = { visible: name };
      cardUse.setProperties({ 'Has action': false });
      return [name.startsWith('Has action#'), cardUse.children[0].visible, action.visible]`);
    expect(answer).toEqual([true, false, true]);
  });
});

describe('a main component', () => {
  test('is swapped with its overrides kept by layer name, or lost by assignment', async () => {
    const answer = await run(`use.children[1].opacity = 0.5;
      const nested = cardUse.children[0];
      nested.children[1].opacity = 0.25;
      use.swapComponent(large); nested.swapComponent(large);
      const kept = [use.children[1].opacity, nested.children[1].opacity,
        nested.children[1].id.endsWith(';' + nested.id.split(';').pop() + ';' + large.children[1].id)];
      use.mainComponent = small;
      return [...kept, use.children[1].opacity, message(() => use.mainComponent)]`);
    expect(answer).toEqual([0.5, 0.25, true, 1, expect.stringMatching(/getMainComponentAsync/)]);
  });

  test('is made from a frame, combined as variants and found by its key', async () => {
    const answer = await run(`
      const made = [figma.createComponent(), figma.createComponentFromNode(figma.createFrame())];
      made[0].name = 'State=On'; made[1].name = 'State=Off';
      const set = figma.combineAsVariants(made, figma.currentPage);
      const instance = made[0].createInstance();
      const unpublished = await figma.importComponentByKeyAsync(made[0].key).catch((error) => error.message);
      return [set.type, set.componentPropertyDefinitions.State.variantOptions, instance.name, made[0].key.length,
        made[0].remote, /not found/.test(unpublished), message(() => figma.createComponentFromNode(use))]`);
    expect(answer).toEqual([
      'COMPONENT_SET',
      ['On', 'Off'],
      'Component 1',
      40,
      false,
      true,
      'in createComponentFromNode: Cannot create component from node',
    ]);
  });
});

describe('a copy', () => {
  test('of an instance has layers of its own with the same overrides', async () => {
    const answer = await run(`use.children[1].opacity = 0.5; const copy = use.clone();
      (await node('small-icon')).cornerRadius = 3;
      return [copy.children[1].id === 'I' + copy.id + ';' + ids['small-icon'], copy.children[1].opacity,
        copy.children[1].cornerRadius]`);
    expect(answer).toEqual([true, 0.5, 3]);
  });

  test('of a nested instance, or a detached one, keeps how it looks', async () => {
    const answer = await run(`
      const nested = cardUse.children[0];
      nested.children[1].opacity = 0.5; nested.setProperties({ Label: 'Go' });
      const copy = nested.clone();
      const frame = cardUse.detachInstance();
      const inner = frame.children[0];
      return [copy.children[1].opacity, copy.children[0].characters, frame.type, inner.type,
        inner.children[1].opacity, inner.children[0].characters, inner.id.includes(';'),
        (await inner.getMainComponentAsync()).id === ids.small, cardUse.removed]`);
    expect(answer).toEqual([0.5, 'Go', 'FRAME', 'INSTANCE', 0.5, 'Go', false, true, true]);
  });
});
