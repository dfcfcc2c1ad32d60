import { afterEach, expect, test } from 'vitest';
import { inboxDocument } from '../../../test/figma-host/documents/inbox-document.js';
import { frameOf, hashFrame, jsonBytes } from '../../src/ui/flow/request.js';
import { PluginSession } from './plugin-session.js';

let session: PluginSession;
afterEach(() => session.close());

const ALL = { itemLayers: new Set<string>(), maxBytes: Number.POSITIVE_INFINITY, withReferences: true };

test('a layer of a request takes 150 bytes on average, with boxes in tenths of a pixel', async () => {
  session = await PluginSession.open(inboxDocument());
  const { frames } = await session.exportFrames('transfer-annotations', 'light:screen', [
    'dark:screen',
    'large:screen',
  ]);
  for (const exported of frames) {
    const { layers } = frameOf(hashFrame(exported), ALL);
    expect(layers).toHaveLength(exported.layers.length);
    expect(layers.length).toBeGreaterThan(40);
    expect(jsonBytes(layers) / layers.length).toBeLessThan(150);
    for (const { box } of layers) {
      for (const side of Object.values(box)) expect(String(side)).toMatch(/^-?\d+(\.\d)?$/);
    }
  }
});
