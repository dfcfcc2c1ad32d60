import { describe, expect } from 'vitest';
import { ANNOTATED, inboxDocument } from '../figma-host/documents/inbox-document.js';
import type { NodeSpec } from '../figma-host/spec.js';
import { annotationsByPart, contentByPart } from './annotations-by-part.js';
import { test as base } from './fixtures.js';
import { press } from './keyboard.js';
import { pairByCode, pickFrames, saveScreenshot, startRun } from './steps.js';

const OTHER: NodeSpec = {
  key: 'other:screen',
  type: 'FRAME',
  name: 'Other',
  x: -900,
  width: 200,
  height: 150,
  props: { fills: [{ type: 'SOLID', color: { r: 1, g: 1, b: 1 } }] },
};

const test = base.extend('document', () => {
  const document = inboxDocument();
  return { ...document, children: [...document.children, OTHER] };
});

const EXPECTED = contentByPart(ANNOTATED);

describe('a frame whose export is truncated', () => {
  test('as a target is shown with its name and the reason, and the others get the annotations', async ({
    plugin,
    daemon,
  }) => {
    const { host } = plugin;
    const name = 'Frame 2041';
    host.breakExport(plugin.id('dark:screen'), 'truncated');
    host.breakExport(plugin.id('other:screen'), 'fails');
    const figma = await plugin.run('transfer-annotations');
    await pairByCode(figma, daemon.code);
    await pickFrames(plugin, figma, 'light:screen', ['dark:screen', 'large:screen', 'other:screen']);
    await startRun(figma);
    await figma.heading('Preview').waitFor();
    await saveScreenshot(figma, 'failed-targets-1-preview');

    const failed = figma.ui.getByRole('region', { name });
    await failed.getByText(`“${name}” is cut off`).waitFor();
    expect(await failed.getByRole('checkbox').count()).toBe(0);
    await figma.ui.getByText(/“.*” can’t be exported: /).waitFor();
    await press(figma, figma.button(/^Apply \d+ items?$/));
    await figma.heading('Transfer complete').waitFor();
    await saveScreenshot(figma, 'failed-targets-2-done');

    expect(annotationsByPart(host, 'large')).toEqual(EXPECTED);
    expect(Object.values(annotationsByPart(host, 'dark')).flat()).toEqual([]);
    expect(host.errors).toEqual([]);
  });

  test('as the source fails the run with its name', async ({ plugin, daemon }) => {
    const name = 'Inbox / Light';
    plugin.host.breakExport(plugin.id('light:screen'), 'truncated');
    const figma = await plugin.run('transfer-annotations');
    await pairByCode(figma, daemon.code);
    await pickFrames(plugin, figma, 'light:screen', ['dark:screen']);
    await startRun(figma);
    await figma.heading('A frame can’t be read').waitFor();
    await figma.ui.getByText(`“${name}” is cut off`).waitFor();
    await saveScreenshot(figma, 'failed-targets-3-source');
  });
});
