import type { Metafile } from 'esbuild';

export interface ThirdPartyPackage {
  name: string;
  version: string;
  /** SPDX identifier. */
  licence: string;
  homepage: string | undefined;
  /** The text of its licence file. */
  text: string;
}

export function bundledPackages(metafile: Pick<Metafile, 'outputs'>, folder: string): ThirdPartyPackage[];
export function readPackage(folder: string): ThirdPartyPackage;
export function noticesText(packages: readonly ThirdPartyPackage[]): string;
