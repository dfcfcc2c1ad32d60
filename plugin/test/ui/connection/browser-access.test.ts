import { describe, expect, it } from 'vitest';
import { accessOf, type BrowserPage, readBrowserAccess } from '../../../src/ui/connection/browser-access.js';

const CHROMIUM = 'Mozilla/5.0 AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36';
const DESKTOP = 'Mozilla/5.0 AppleWebKit/537.36 Figma/125.1.5 Chrome/140.0.0.0 Electron/38.0.0 Safari/537.36';
const SAFARI = 'Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15';
const FIREFOX = 'Mozilla/5.0 Gecko/20100101 Firefox/140.0';

describe('access to this computer', () => {
  it.each([
    ['Chromium, granted', CHROMIUM, true, 'granted', 'allowed'],
    ['Chromium that asks', CHROMIUM, true, 'prompt', 'prompt'],
    ['Chromium, denied by the user', CHROMIUM, true, 'denied', 'denied'],
    ['Chromium in a frame without delegation', CHROMIUM, false, 'denied', 'blocked'],
    ['Chromium before the permission existed', CHROMIUM, undefined, undefined, 'allowed'],
    ['Figma’s desktop app', DESKTOP, true, 'denied', 'allowed'],
    ['Safari', SAFARI, undefined, undefined, 'blocked'],
    ['Firefox', FIREFOX, undefined, undefined, 'allowed'],
  ] as const)('%s', (_, userAgent, isDelegated, permission, access) => {
    expect(accessOf({ userAgent, isDelegated, permission })).toBe(access);
  });

  it('is read by the name of the permission that the browser knows', async () => {
    const page = pageOf({ 'local-network-access': 'denied' }, ['camera', 'local-network-access']);
    expect(await readBrowserAccess(page)).toBe('denied');
  });

  it('ignores a policy that the browser does not list', async () => {
    expect(await readBrowserAccess({ ...pageOf({}, ['camera']), permissions: undefined })).toBe('allowed');
  });
});

/** A page with these permissions, whose frames delegate these features. Like Chromium, it rejects unknown permissions. */
function pageOf(states: Record<string, PermissionState>, features: string[]): BrowserPage {
  const query = async ({ name }: { name: string }) => {
    const state = states[name];
    if (state === undefined) throw new TypeError('unknown permission');
    return { state };
  };
  const featurePolicy = { features: () => features, allowsFeature: (name: string) => features.includes(name) };
  return { document: { featurePolicy }, permissions: { query }, userAgent: CHROMIUM };
}
