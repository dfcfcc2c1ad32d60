import { describe, expect } from 'vitest';
import { harderScreen } from '../figma-host/documents/harder-screen.js';
import { ANNOTATED, inboxDocument } from '../figma-host/documents/inbox-document.js';
import { annotationsByPart, contentByPart, countCorrect } from './annotations-by-part.js';
import { test as base } from './fixtures.js';
import { applyPreview, includeAll, pairByCode, pickFrames, saveFrame, saveScreenshot, startRun } from './steps.js';

const test = base.override('document', () => {
  const { children, ...file } = inboxDocument();
  return { ...file, children: [...children, { ...harderScreen('hard', 'Frame 2043'), x: 1600, y: 0 }] };
});

const EXPECTED = contentByPart(ANNOTATED);

describe('a target in another language, wider, with an extra row and machine names', () => {
  test('has most annotations on the correct layer', async ({ plugin, daemon }) => {
    const figma = await plugin.run('transfer-annotations');
    await pairByCode(figma, daemon.code);
    await pickFrames(plugin, figma, 'light:screen', ['hard:screen']);
    await startRun(figma);
    await includeAll(figma);
    await saveScreenshot(figma, 'harder-preview');
    await applyPreview(figma);
    await saveFrame(plugin, 'hard:screen', 'harder-target');
    const found = annotationsByPart(plugin.host, 'hard');
    expect(countCorrect(found, EXPECTED)).toBeGreaterThanOrEqual(7);
  });
});
