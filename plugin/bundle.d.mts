export function bundleMain(): Promise<string>;
export function bundleUi(): Promise<string>;
