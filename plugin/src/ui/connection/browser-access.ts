interface FeaturePolicy {
  features(): string[];
  allowsFeature(feature: string): boolean;
}

/** What this document may do, as far as the browser tells. */
export interface BrowserFacts {
  /** Undefined where the browser has no such permission. */
  allowsLoopback: boolean | undefined;
  userAgent: string;
}

const FEATURE = 'loopback-network';

/** Reads the facts from the page. Browsers answer `false` for features they do not know, so that is asked first. */
export function browserFacts(document: { featurePolicy?: FeaturePolicy }, userAgent: string): BrowserFacts {
  const policy = document.featurePolicy;
  const known = policy?.features().includes(FEATURE) === true;
  return { allowsLoopback: known ? policy.allowsFeature(FEATURE) : undefined, userAgent };
}

/**
 * Does the browser keep this page away from this computer? Chromium 147 and later need a permission on every frame of
 * the chain; Safari never lets an https page talk to `ws://localhost`. Figma's desktop app does neither.
 */
export function blocksLoopback(facts: BrowserFacts): boolean {
  const isSafari = /Safari\//.test(facts.userAgent) && !/Chrom(e|ium)\//.test(facts.userAgent);
  return isSafari || facts.allowsLoopback === false;
}
