import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { importSteps, pluginReport } from '../../../src/cli/format/plugin-report.js';
import { builtPlugin, installPlugin, type PluginFiles } from '../../../src/cli/plugin/install-plugin.js';
import { runCli, runCliWith } from '../../support/run-cli.js';
import { useTempFolder } from '../../support/temp-folder.js';

const folder = useTempFolder();
const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));

/** The built plugin as an older version, with another script. */
function older(): PluginFiles {
  const plugin = builtPlugin(undefined, '0.0.9');
  return { ...plugin, files: new Map(plugin.files).set('main.js', Buffer.from('// older')) };
}

function read(name: string): string {
  return readFileSync(folder.path(name), 'utf8');
}

describe('samepoint plugin', () => {
  it('installs the plugin in the state folder, then finds it current', async () => {
    const env = { SAMEPOINT_STATE_DIR: folder.path('state') };
    const first = await runCliWith(env, 'plugin');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const manifest = folder.path('state/plugin/manifest.json');
    expect(first.stdout).toContain(`Installed the plugin (version ${version}).\n\n  ${manifest}\n`);
    expect(first.stdout).toContain('Import plugin from manifest…');
    const { main, ui } = JSON.parse(readFileSync(manifest, 'utf8'));
    for (const file of [main, ui]) expect(existsSync(folder.path(`state/plugin/${file}`))).toBe(true);

    const second = await runCliWith(env, 'plugin', '--json');
    expect(JSON.parse(second.stdout)).toEqual({
      folder: folder.path('state/plugin'),
      manifest,
      version,
      outcome: 'current',
    });
  });

  it('updates an older version and keeps the other files of the folder', () => {
    installPlugin(folder.path('updated'), { plugin: older() });
    writeFileSync(folder.path('updated/notes.txt'), 'mine');
    const plugin = installPlugin(folder.path('updated'));
    expect(plugin).toMatchObject({ outcome: 'updated', previous: '0.0.9', version });
    expect(pluginReport(plugin)).toContain(`Updated the plugin from version 0.0.9 to ${version}.`);
    expect(read('updated/notes.txt')).toBe('mine');
    expect(read('updated/main.js')).not.toBe('// older');
    expect(readdirSync(folder.path('updated')).sort()).toEqual(
      ['main.js', 'manifest.json', 'notes.txt', 'ui.html', 'version.json'].sort(),
    );
  });

  it('does not replace the manifest of another plugin, unless forced', async () => {
    mkdirSync(folder.path('other'));
    writeFileSync(folder.path('other/manifest.json'), '{"id":"another-plugin"}');
    const refused = await runCli('plugin', folder.path('other'));
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(
      'has the manifest of another plugin (another-plugin). Choose another folder, or add --force',
    );
    expect(readdirSync(folder.path('other'))).toEqual(['manifest.json']);
    expect(installPlugin(folder.path('other'), { force: true }).outcome).toBe('installed');
    expect(JSON.parse(read('other/manifest.json')).id).toBe('samepoint-dev');
  });

  it('does not replace a file of its names that it has not written', () => {
    mkdirSync(folder.path('mine'));
    writeFileSync(folder.path('mine/main.js'), 'mine');
    expect(() => installPlugin(folder.path('mine'))).toThrow('already has main.js, not written by samepoint plugin');
    expect(read('mine/main.js')).toBe('mine');
  });

  it.each([
    ['a file', 'file', /Cannot write the plugin to .*file: it is a file\./],
    ['a folder below a file', 'file/plugin', /file\/plugin: .*file is a file\./],
  ])('refuses %s', async (_what, name, sentence) => {
    writeFileSync(folder.path('file'), '');
    const { code, stderr } = await runCli('plugin', folder.path(name));
    expect(code).toBe(2);
    expect(stderr).toMatch(sentence);
  });

  it.skipIf(process.getuid?.() === 0)('says when a folder is not writable', () => {
    mkdirSync(folder.path('locked'));
    chmodSync(folder.path('locked'), 0o500);
    expect(() => installPlugin(folder.path('locked/plugin'))).toThrow(/Cannot write the plugin to .*: EACCES\./);
  });

  it('says when the package has no plugin', () => {
    expect(() => builtPlugin(folder.path('nothing'))).toThrow('The Figma plugin is missing from this installation');
  });
});

describe('samepoint plugin --zip', () => {
  it('writes the plugin as a zip file with one folder', async () => {
    const path = folder.path('plugin.zip');
    const run = await runCli('plugin', '--zip', path, '--json');
    expect(JSON.parse(run.stdout)).toEqual({ zip: path, version, bytes: readFileSync(path).length });
    const entries = new Map<string, Buffer>();
    const zip = await fromBufferPromise(readFileSync(path));
    for await (const entry of zip.eachEntry()) {
      entries.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)));
    }
    const expected = [...builtPlugin().files].map(([name, content]) => [`samepoint-plugin/${name}`, content] as const);
    expect([...entries]).toEqual(expected);
  });

  it('refuses a folder beside it, and a file in a folder that does not exist', async () => {
    const both = await runCli('plugin', folder.path('x'), '--zip', folder.path('x.zip'));
    expect(both).toMatchObject({ code: 2, stdout: '' });
    expect(existsSync(folder.path('x'))).toBe(false);
    const nowhere = await runCli('plugin', '--zip', folder.path('nowhere/x.zip'));
    expect(nowhere.code).toBe(2);
    expect(nowhere.stderr).toContain('does not exist');
  });
});

it('names the keys that open a hidden folder in the dialogs of each system', () => {
  const last = (platform: NodeJS.Platform) => importSteps('the file above', platform)[2];
  expect(last('darwin')).toContain('Cmd+Shift+G');
  expect(last('win32')).toContain('“File name”');
  expect(last('freebsd')).toBe('Select the file above.');
});
