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
  // clicks into a sandboxed frame in a process of its own may go elsewhere after a screenshot
  '--disable-features=IsolateSandboxedIframes',
];

/** Guards against hangs only. Shorter than the timeout of a test, so that the error names the step. */
export const BROWSER_TIMEOUT_MS = 300_000;

/** Launches the Chromium at `CHROMIUM_PATH` or of the system, without its own network requests. */
export function launchChromium(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? PATHS.find((path) => existsSync(path)) ?? 'chromium';
  return chromium.launch({ executablePath, args: ARGS, timeout: BROWSER_TIMEOUT_MS });
}
