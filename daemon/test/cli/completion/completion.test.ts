import { execFileSync, spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/cli/command-list.js';
import { completionTree } from '../../../src/cli/commands/completion.js';
import { bashScript } from '../../../src/cli/completion/bash.js';
import { allNodes, type CommandNode } from '../../../src/cli/completion/command-tree.js';
import { fishScript } from '../../../src/cli/completion/fish.js';
import { powershellScript } from '../../../src/cli/completion/powershell.js';
import { zshScript } from '../../../src/cli/completion/zsh.js';
import { PROVIDERS } from '../../../src/graph/runtime/runtime.js';
import { CATALOGUE } from '../../../src/models/catalogue.js';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript, powershell: powershellScript };

let tree: CommandNode;
beforeAll(async () => {
  tree = await completionTree();
});

const has = (shell: string) => spawnSync(shell, ['--version']).status === 0;

describe.runIf(has('bash'))('completion in bash', () => {
  const LINES: [line: string, expected: readonly string[]][] = [
    ['samepoint ma', ['match']],
    ['samepoint match --pro', ['--prompt', '--provider']],
    ['samepoint match --provider ', PROVIDERS],
    ['samepoint match --provider = cu', ['cuda']],
    ['samepoint match home.png --preset v', ['video']],
    ['samepoint warp home.png --transform a', ['auto', 'affine']],
    ['samepoint models ve', ['verify']],
    ['samepoint models pull ', CATALOGUE.map(({ id }) => id)],
    ['samepoint models add sd21 ', []],
    ['samepoint eval p', ['pairs', 'pf-willow']],
    ['samepoint eval --t 5 --provider = cpu p', ['pairs', 'pf-willow']],
    ['samepoint eval pairs ', []],
    ['samepoint match --layers ', []],
    ['samepoint match --points -', []],
    ['samepoint completion f', ['fish']],
  ];

  it('proposes commands, options and values; nothing where file names follow', () => {
    const words = LINES.map(([line]) => line.split(' ').map((word) => `'${word}'`));
    const calls = words.map(
      (line) => `COMP_WORDS=(${line.join(' ')}) COMP_CWORD=${line.length - 1} && _samepoint; echo "\${COMPREPLY[*]}"`,
    );
    const script = `set -u\n${bashScript(tree)}\n${calls.join('\n')}`;
    const proposals = execFileSync('bash', ['--norc'], { input: script, encoding: 'utf8' }).split('\n');
    expect(LINES.map(([line], n) => [line, proposals[n]])).toEqual(
      LINES.map(([line, found]) => [line, found.join(' ')]),
    );
  });
});

describe.each(Object.entries(SCRIPTS))('the script for %s', (shell, create) => {
  it('has every command and option', () => {
    const script = create(tree);
    expect(tree.commands.map(({ name }) => name)).toEqual(Object.keys(COMMANDS));
    for (const { name, options } of allNodes(tree)) {
      expect(script).toContain(name);
      for (const option of options) {
        const long = option.names[0] ?? '';
        expect(script).toContain(shell === 'fish' ? `-l ${long.slice(2)}` : long);
      }
    }
    expect(script.endsWith('\n')).toBe(true);
  });

  it.runIf(['bash', 'zsh'].includes(shell) && has(shell))('is valid', () => {
    expect(spawnSync(shell, ['-n'], { input: create(tree), encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  it('quotes quotes', () => {
    const option = { names: ['--it'], summary: "it's [one]: \\", values: undefined };
    const script = create({ path: '', name: 'samepoint', summary: '', commands: [], args: [], options: [option] });
    const quoted = {
      bash: "'--it'",
      zsh: String.raw`'*--it[it'\''s \[one\]\: \\]'`,
      fish: String.raw`'it\'s [one]: \\'`,
      powershell: "@('--it')",
    }[shell];
    expect(script).toContain(quoted);
  });
});
