export function packageNotices(top: string): Promise<string>;
