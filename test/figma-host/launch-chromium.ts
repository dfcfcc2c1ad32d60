import { existsSync, readFileSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PATHS: string[] = JSON.parse(readFileSync(new URL('../../scripts/browser-paths.json', import.meta.url), 'utf8'));
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Limits a hang, not a slow machine; shorter than a test's own limit, so that the error names the step. */
export const BROWSER_TIMEOUT_MS = 300_000;

/** The system's Chromium, or the one `CHROMIUM_PATH` names; it asks nothing of the network by itself. */
export function launchChromium(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? PATHS.find((path) => existsSync(path)) ?? 'chromium';
  return chromium.launch({ executablePath, args: ARGS, timeout: BROWSER_TIMEOUT_MS });
}
