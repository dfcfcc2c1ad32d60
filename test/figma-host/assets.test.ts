import { afterEach, describe, expect, test } from 'vitest';
import { solid } from './documents/parts.js';
import type { FigmaHost } from './figma-host.js';
import { runPluginScript } from './script-session.js';
import type { DocumentSpec } from './spec.js';

const open: FigmaHost[] = [];
afterEach(() => {
  for (const host of open.splice(0)) host.dispose();
});

const DOCUMENT: DocumentSpec = {
  name: 'Tokens',
  styles: [
    { name: 'Accent', type: 'PAINT', props: { paints: solid('#ff0000') } },
    { name: 'Heading', type: 'TEXT', props: { fontSize: 24, fontName: { family: 'Inter', style: 'Bold' } } },
    { name: 'Library ink', type: 'PAINT', props: { paints: solid('#000000') }, isLibrary: true },
  ],
  collections: [
    {
      ...{ name: 'Theme', modes: ['Light', 'Dark'] },
      variables: {
        'grey/900': [{ r: 0, g: 0, b: 0, a: 1 }],
        surface: [{ r: 1, g: 1, b: 1, a: 1 }, { alias: 'grey/900' }],
        gap: [4, 8],
      },
    },
  ],
  children: [
    {
      ...{ key: 'card', type: 'FRAME', name: 'Card', props: { fills: solid('#888888') } },
      ...{ variables: { fills: 'surface', itemSpacing: 'gap' } },
      children: [
        { key: 'box', type: 'RECTANGLE', name: 'Box', styles: { fillStyleId: 'Accent' } },
        { key: 'words', type: 'TEXT', name: 'Words', props: { characters: 'Hi' } },
      ],
    },
  ],
};

async function run(script: string): Promise<{ host: FigmaHost; answer: unknown }> {
  const setup = `const [card, box, words] = await Promise.all(['card', 'box', 'words'].map(node));
    const message = (act) => { try { act(); return 'fine'; } catch (error) { return error.message; } };
    const rejection = (promise) => promise.then(() => 'fine', (error) => error.message);
    const red = [{ type: 'SOLID', color: { r: 0.5, g: 0, b: 0 } }];`;
  const result = await runPluginScript(`${setup}\n${script}`, ['card', 'box', 'words'], { document: DOCUMENT });
  open.push(result.host);
  return result;
}

describe('a style', () => {
  test('changes its users, and is unlinked by a write of what it sets', async () => {
    const { answer } = await run(`const style = await figma.getStyleByIdAsync(box.fillStyleId);
      style.paints = red;
      const followed = [style.name, box.fills[0].color.r, (await style.getStyleConsumersAsync())[0].fields[0]];
      box.fills = red;
      style.paints = [];
      return [...followed, box.fillStyleId, box.fills.length]`);
    expect(answer).toEqual(['Accent', 0.5, 'fillStyleId', '', 1]);
  });

  test('is set asynchronously, only of the right type, and a text style with its font only', async () => {
    const { answer } = await run(`const [heading] = await figma.getLocalTextStylesAsync();
      const results = [message(() => { box.fillStyleId = ''; }), message(() => figma.getStyleById('x')),
        await rejection(box.setFillStyleIdAsync(heading.id)), await rejection(words.setTextStyleIdAsync(heading.id))];
      for (const style of ['Regular', 'Bold']) await figma.loadFontAsync({ family: 'Inter', style });
      await words.setTextStyleIdAsync(heading.id);
      return [...results, words.fontSize, words.textStyleId === heading.id]`);
    const [sync, lookup, type, font, size, isLinked] = answer as string[];
    expect(sync).toMatch(/dynamic-page. Use node.setFillStyleIdAsync/);
    expect(lookup).toMatch(/dynamic-page/);
    expect(type).toMatch(/Expected a style of type PAINT/);
    expect(font).toMatch(/unloaded font/);
    expect([size, isLinked]).toEqual([24, true]);
  });

  test('of a library is imported by its key and cannot be changed', async () => {
    const { host, answer } = await run(`const local = await figma.getLocalPaintStylesAsync();
      const made = figma.createPaintStyle(); made.name = 'New'; made.paints = red;
      await card.setFillStyleIdAsync(made.id);
      return [local.map((style) => style.name), card.fills[0].color.r]`);
    expect(answer).toEqual([['Accent'], 0.5]);
    const library = host.assets().styles.find(({ remote }) => remote);
    const again = await run(`const style = await figma.importStyleByKeyAsync('${library?.key}');
      return [style.name, message(() => { style.name = 'x'; })]`);
    expect(again.answer).toEqual(['Library ink', expect.stringMatching(/read-only/)]);
  });
});

describe('a variable', () => {
  test('has the value of the mode of the closest ancestor that sets one, through aliases', async () => {
    const { answer } = await run(`const [collection] = await figma.variables.getLocalVariableCollectionsAsync();
      const [light, dark] = collection.modes.map((mode) => mode.modeId);
      const before = [card.fills[0].color.r, card.itemSpacing, card.resolvedVariableModes[collection.id] === light];
      figma.currentPage.setExplicitVariableModeForCollection(collection, dark);
      const inDark = [card.fills[0].color.r, card.itemSpacing, Object.keys(card.explicitVariableModes).length];
      card.setExplicitVariableModeForCollection(collection, light);
      return [before, inDark, card.fills[0].color.r]`);
    expect(answer).toEqual([[1, 4, true], [0, 8, 0], 1]);
  });

  test('changes what is bound to it, and is unbound by a raw value', async () => {
    const { answer } = await run(`const all = await figma.variables.getLocalVariablesAsync('FLOAT');
      const collection = await figma.variables.getVariableCollectionByIdAsync(all[0].variableCollectionId);
      box.setBoundVariable('opacity', all[0]);
      all[0].setValueForMode(collection.defaultModeId, 0.25);
      const bound = [box.opacity, box.boundVariables.opacity.id === all[0].id];
      box.opacity = 1;
      card.fills = [figma.variables.setBoundVariableForPaint(red[0], 'color', null)];
      return [...bound, box.boundVariables, Object.keys(card.boundVariables),
        message(() => box.setBoundVariable('visible', all[0])), message(() => box.setBoundVariable('opacity', all[0].id)),
        message(() => figma.variables.getVariableById('x'))]`);
    expect(answer).toEqual([
      ...[0.25, true, {}, ['itemSpacing']],
      'in setBoundVariable: Variable of type FLOAT cannot be bound to "visible"',
      expect.stringMatching(/dynamic-page/),
      expect.stringMatching(/dynamic-page/),
    ]);
  });

  test('and a style are set by hand, and undone', async () => {
    const { host } = await run('');
    const [surface, accent] = [host.assets().variables[1]?.id ?? '', host.assets().styles[0]?.id ?? ''];
    const words = host.byKey('words').id;
    host.edit(words, { boundVariables: { fills: surface } });
    host.edit(host.byKey('card').id, { fillStyleId: accent });
    expect(host.byKey('words').props.fills).toMatchObject([
      { color: { r: 1 }, boundVariables: { color: { id: surface } } },
    ]);
    expect(host.byKey('card').props).toMatchObject({ fillStyleId: accent, fills: [{ color: { r: 1, g: 0 } }] });
    host.undo();
    expect(host.byKey('card').props.fillStyleId).toBeUndefined();
  });
});
