interface FeaturePolicy {
  features(): string[];
  allowsFeature(feature: string): boolean;
}

/** What the browser says about connections to this computer. */
interface BrowserFacts {
  /** Whether all frames around the page delegate the permission; undefined in browsers without it. */
  isDelegated: boolean | undefined;
  /** Undefined in browsers without the permission. */
  permission: PermissionState | undefined;
  userAgent: string;
}

/** The parts of the page that tell. TypeScript's DOM types lack Chromium's `featurePolicy` and this permission. */
export interface BrowserPage {
  document: { featurePolicy?: FeaturePolicy };
  permissions: { query(descriptor: { name: string }): Promise<{ state: PermissionState }> } | undefined;
  userAgent: string;
}

/**
 * Whether this page may connect to this computer.
 * - `blocked`: never in this browser.
 * - `denied`: the user denied it, and can allow it in the browser's settings.
 * - `prompt`: the browser asks the user.
 * - `allowed`: by the user, or without asking.
 */
export type BrowserAccess = 'blocked' | 'denied' | 'prompt' | 'allowed';

/** Names of the permission: of Chromium since 145, and of 142 to 144. A browser without it rejects both. */
const NAMES = ['loopback-network', 'local-network-access'] as const;

/**
 * Reads the permission from the browser. Since the user may change it, it is read again with each attempt to connect.
 * Never throws.
 */
export async function readBrowserAccess({ document, permissions, userAgent }: BrowserPage): Promise<BrowserAccess> {
  const policy = document.featurePolicy;
  const known = policy === undefined ? [] : policy.features();
  // `allowsFeature` is false for unknown features
  const feature = NAMES.find((name) => known.includes(name));
  const isDelegated = feature === undefined ? undefined : policy?.allowsFeature(feature);
  return accessOf({ isDelegated, permission: await readPermission(permissions), userAgent });
}

async function readPermission(permissions: BrowserPage['permissions']): Promise<PermissionState | undefined> {
  for (const name of NAMES) {
    try {
      const status = await permissions?.query({ name });
      if (status !== undefined) return status.state;
    } catch {
      // the browser does not know the name
    }
  }
  return undefined;
}

/**
 * Chromium asks the user before requests to this computer (since 142) and WebSockets (since 147), and requires that every
 * frame of the chain delegates the permission. Safari blocks `ws://localhost` on https pages. Figma's desktop app (Electron) has
 * no settings for sites.
 */
export function accessOf({ isDelegated, permission, userAgent }: BrowserFacts): BrowserAccess {
  if (/Electron\//.test(userAgent)) return 'allowed';
  const isSafari = /Safari\//.test(userAgent) && !/Chrom(e|ium)\//.test(userAgent);
  // a page without the delegated permission reads it as denied
  if (isSafari || isDelegated === false) return 'blocked';
  switch (permission) {
    case 'denied':
      return 'denied';
    case 'prompt':
      return 'prompt';
    case 'granted':
    case undefined:
      return 'allowed';
  }
}
