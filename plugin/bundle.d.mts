import type { ThirdPartyPackage } from './third-party.mjs';

export function bundleMain(): Promise<string>;
export function bundleUi(options?: { inject?: string[]; keepNames?: boolean }): Promise<string>;
export function pluginPackages(): Promise<ThirdPartyPackage[]>;
