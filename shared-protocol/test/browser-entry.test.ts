import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

describe('the package, bundled for a browser', () => {
  it('imports no Node module', async () => {
    const { metafile, outputFiles, errors } = await build({
      stdin: {
        contents: "export * from '@samepoint/shared-protocol';",
        resolveDir: fileURLToPath(new URL('.', import.meta.url)),
      },
      bundle: true,
      format: 'esm',
      platform: 'browser',
      metafile: true,
      write: false,
      logLevel: 'silent',
    });
    const inputs = Object.keys(metafile.inputs);
    const imported = Object.values(metafile.inputs).flatMap((input) => input.imports.map(({ path }) => path));
    expect(errors).toEqual([]);
    expect(inputs.some((path) => path.includes('shared-protocol/dist/'))).toBe(true);
    expect(imported.filter((path) => path.startsWith('node:') || builtinModules.includes(path))).toEqual([]);
    expect(outputFiles[0]?.text).not.toMatch(/\bBuffer\b|\bprocess\./);
  });
});
