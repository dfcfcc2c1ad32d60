interface FeaturePolicy {
  features(): string[];
  allowsFeature(feature: string): boolean;
}

/** The browser's rules for connections to this computer. */
export interface BrowserAccess {
  /** Undefined in browsers without this permission. */
  allowsLoopback: boolean | undefined;
  userAgent: string;
}

const FEATURE = 'loopback-network';

/** Reads the permission from the page. `allowsFeature` is false for unknown features, so `features` is checked first. */
export function readBrowserAccess(document: { featurePolicy?: FeaturePolicy }, userAgent: string): BrowserAccess {
  const policy = document.featurePolicy;
  const known = policy?.features().includes(FEATURE) === true;
  return { allowsLoopback: known ? policy.allowsFeature(FEATURE) : undefined, userAgent };
}

/**
 * Whether the browser blocks connections to this computer. Chromium 147 and later require the permission on every frame
 * of the chain; Safari blocks `ws://localhost` on https pages. Figma's desktop app does neither.
 */
export function blocksLoopback(access: BrowserAccess): boolean {
  const isSafari = /Safari\//.test(access.userAgent) && !/Chrom(e|ium)\//.test(access.userAgent);
  return isSafari || access.allowsLoopback === false;
}
