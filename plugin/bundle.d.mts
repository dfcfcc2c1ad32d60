import type { ThirdPartyPackage } from './third-party.mjs';

export function bundleMain(): Promise<string>;
export function bundleUi(): Promise<string>;
export function pluginPackages(): Promise<ThirdPartyPackage[]>;
