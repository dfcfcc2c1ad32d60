export function copyLibrary(top: string, target: string): void;
export function packagedModule(code: string, folder: string, protocol: string): string;
