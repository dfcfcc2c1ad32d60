import { readFile } from 'node:fs/promises';
import { PORTS } from '@samepoint/shared-protocol';
import type { Browser } from 'playwright-core';
import { FigmaPage, type FigmaPageOptions } from '../../../test/figma-host/figma-page.js';

const MANIFEST = new URL('../../../manifest.json', import.meta.url);

/** Opens the bundled UI with the manifest's domains, but the fake daemon's port, so that no real daemon is reached. */
export async function openUi(
  browser: Browser,
  html: string,
  port: number,
  options: Pick<FigmaPageOptions, 'colorScheme' | 'access'> = {},
): Promise<FigmaPage> {
  const manifest: { networkAccess: { allowedDomains: string[] } } = JSON.parse(await readFile(MANIFEST, 'utf8'));
  const allowedDomains = manifest.networkAccess.allowedDomains
    .filter((domain) => domain.endsWith(`:${PORTS[0]}`))
    .map((domain) => domain.replace(`${PORTS[0]}`, `${port}`));
  return FigmaPage.open(browser, { html, allowedDomains, ...options });
}
