import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FigmaPage } from '../../../test/figma-host/figma-page.js';
import { launchChromium } from '../../../test/figma-host/launch-chromium.js';
import { bundleUi } from '../../bundle.mjs';
import { type Command, DEFAULT_PREFERENCES } from '../../src/shared/messages.js';
import { FakeDaemon } from './fake-daemon.js';
import { look } from './look.js';
import { openUi } from './open-ui.js';
import { session } from './session.js';

let browser: Browser;
let html: string;
let daemon: FakeDaemon;
let figma: FigmaPage;

beforeAll(async () => {
  html = await bundleUi();
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
});

beforeEach(async () => {
  daemon = await FakeDaemon.start();
  figma = await openUi(browser, html, daemon.port);
});

afterEach(async () => {
  await figma.page.close();
  await daemon.close();
});

async function open(command: Command, port = daemon.port): Promise<void> {
  await figma.send(session(command, port));
}

describe('Connect…', () => {
  it('shows the daemon, and pairs again after the pairing is forgotten, with the keyboard alone', async () => {
    await look(figma, 'starting');
    await open('connect');
    await figma.ui.getByText('Connected to Samepoint on this computer').waitFor();
    await figma.ui.getByText(`localhost:${daemon.port}`).waitFor();
    await look(figma, 'connect');
    await figma.button('Forget pairing').focus();
    await figma.page.keyboard.press('Enter');
    await figma.heading('Pair with Samepoint').waitFor();
    expect(await figma.next('settings.save')).toMatchObject({ settings: { token: null } });
    await look(figma, 'connect-pair');
  });

  it('says that the daemon is not running', async () => {
    const { port } = daemon;
    await daemon.close();
    await open('connect', port);
    await figma.heading('Start Samepoint').waitFor();
    expect(await figma.ui.getByText('If your browser asks').count()).toBe(0);
    await look(figma, 'connect-start');
  });

  it('tells denied access from a daemon that is not running', async () => {
    await figma.page.close();
    figma = await openUi(browser, html, daemon.port, { access: 'denied' });
    await open('connect');
    await figma.heading('Access to this computer is denied').waitFor();
    await look(figma, 'connect-denied');
  });
});

describe('without a command', () => {
  it('lists the commands that run in Dev Mode, and names the others', async () => {
    await figma.send({ type: 'home', editor: 'dev' });
    await figma.button('Inspect a point').waitFor();
    await figma.ui.getByText(/Switch to Design for: Transfer layers/).waitFor();
    await look(figma, 'home-dev-mode');
    await figma.page.keyboard.press('Tab');
    await figma.page.keyboard.press('Enter');
    expect(await figma.next('command')).toMatchObject({ command: 'transfer-annotations' });
  });
});

describe('Preferences…', () => {
  it('stores each change, with the keyboard alone', async () => {
    await open('preferences');
    await figma.heading('Preferences').first().waitFor();
    await figma.ui.getByRole('slider', { name: /confidence/ }).focus();
    await figma.page.keyboard.press('ArrowRight');
    expect(await figma.next('preferences.save')).toMatchObject({ preferences: { threshold: 0.55 } });
    await figma.ui.getByRole('slider', { name: /Opacity/ }).focus();
    await figma.page.keyboard.press('Home');
    expect(await figma.next('preferences.save')).toMatchObject({ preferences: { heatmapOpacity: 0 } });
    await figma.ui.getByRole('combobox', { name: 'Colors' }).focus();
    await figma.page.keyboard.press('ArrowDown');
    expect(await figma.next('preferences.save')).toMatchObject({ preferences: { colourMap: 'magma' } });
    await look(figma, 'preferences');
    await figma.button('Restore defaults').focus();
    await figma.page.keyboard.press('Enter');
    expect(await figma.next('preferences.save')).toEqual({
      type: 'preferences.save',
      preferences: DEFAULT_PREFERENCES,
    });
  });
});
