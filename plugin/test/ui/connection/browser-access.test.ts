import { describe, expect, it } from 'vitest';
import { blocksLoopback, readBrowserAccess } from '../../../src/ui/connection/browser-access.js';

describe('blocked loopback', () => {
  const chromium = 'Mozilla/5.0 AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36';
  const safari = 'Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15';

  it.each([
    ['Chromium with the permission', chromium, true, false],
    ['Chromium without the permission', chromium, false, true],
    ['Chromium before the permission existed', chromium, undefined, false],
    ['Safari', safari, undefined, true],
    ['Firefox', 'Mozilla/5.0 Gecko/20100101 Firefox/140.0', undefined, false],
  ])('%s', (_, userAgent, allowsLoopback, blocked) => {
    expect(blocksLoopback({ userAgent, allowsLoopback })).toBe(blocked);
  });

  it('ignores a permission that the browser does not list', () => {
    const featurePolicy = { features: () => ['camera'], allowsFeature: () => false };
    expect(readBrowserAccess({ featurePolicy }, chromium).allowsLoopback).toBeUndefined();
  });
});
