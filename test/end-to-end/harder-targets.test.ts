import { describe, expect } from 'vitest';
import { harderScreen } from '../figma-host/documents/harder-screen.js';
import { ANNOTATED, inboxDocument } from '../figma-host/documents/inbox-document.js';
import { annotationsByPart, countRight, saidByPart } from './annotations-by-part.js';
import { test as base } from './fixtures.js';
import { applyPreview, includeAll, keepPicture, keepScreenshot, pairByCode, pickFrames, startRun } from './steps.js';

const test = base.override('document', () => {
  const { children, ...file } = inboxDocument();
  return { ...file, children: [...children, { ...harderScreen('hard', 'Frame 2043'), x: 1600, y: 0 }] };
});

const EXPECTED = saidByPart(ANNOTATED);

describe('a target in another language, wider, with an extra row and machine names', () => {
  test('gets most annotations on the right layer', async ({ plugin, daemon }) => {
    const figma = await plugin.run('transfer-annotations');
    await pairByCode(figma, daemon.code);
    await pickFrames(plugin, figma, 'light:screen', ['hard:screen']);
    await startRun(figma);
    await includeAll(figma);
    await keepScreenshot(figma, 'harder-preview');
    await applyPreview(figma);
    await keepPicture(plugin, 'hard:screen', 'harder-target');
    const found = annotationsByPart(plugin.host, 'hard');
    expect(countRight(found, EXPECTED)).toBeGreaterThanOrEqual(7);
  });
});
