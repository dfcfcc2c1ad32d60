import { afterAll, describe, expect, it } from 'vitest';
import { commandLine, DEMO_COMMANDS } from '../../daemon/src/cli/demo/demo-commands.js';
import { readDocuments } from './documents.js';
import { parseProblem } from './parse-command.js';
import { CommandRunner } from './run-commands.js';
import { hasShape, inlineCommands, shellBlocks, shellWords, unsupportedSyntax } from './shell-blocks.js';

const documents = readDocuments();
const blocks = documents.flatMap(shellBlocks);
const runner = new CommandRunner();
afterAll(() => runner.close());

describe('the commands of the documents', () => {
  it.each(blocks.filter(({ isRunnable }) => isRunnable))('run on the samples: $where', async (block) => {
    const folder = runner.copySamples();
    let printed = '';
    for (const command of block.commands) {
      const { code, stdout, stderr } = await runner.run(command, folder);
      printed += stdout;
      expect(code, `${command.where}: ${command.text}\n${stderr}`).toBe(block.exitCode);
    }
    if (block.output !== null) {
      expect(hasShape(printed, block.output), `${block.where} prints\n${printed}`).toBe(true);
    }
  });

  it('leave the home folder empty', () => {
    expect(runner.filesAtHome()).toEqual([]);
  });

  it('are accepted by the command line, also where they cannot run', async () => {
    const fenced = blocks.flatMap(({ commands }) => commands).filter(({ text }) => text.startsWith('npx samepoint'));
    const all = [...fenced, ...documents.flatMap(inlineCommands)];
    expect(all.length).toBeGreaterThan(30);
    const problems = await Promise.all(all.map(parseProblem));
    expect(problems.filter((problem) => problem !== null)).toEqual([]);
  });

  it('are those of the demo, in the README', () => {
    const runnable = blocks.filter(({ isRunnable, where }) => isRunnable && where.startsWith('README.md:'));
    expect(runnable.flatMap(({ commands }) => commands.map(({ text }) => text))).toEqual(
      DEMO_COMMANDS.map(({ args }) => commandLine('npx samepoint', args)),
    );
  });
});

describe('a block of commands', () => {
  const block = (text: string) => shellBlocks({ path: 'a.md', text })[0];

  it('runs only if its fence is marked', () => {
    expect(block('```sh\nnpx samepoint\n```')).toMatchObject({ isRunnable: false });
    expect(block('# a\n```sh runnable exit=3\nnpx samepoint\n```')).toMatchObject({
      where: 'a.md:2',
      isRunnable: true,
      exitCode: 3,
      output: null,
    });
    expect(block('```json\nnpx\n```')).toBeUndefined();
  });

  it('is split like a shell splits it', () => {
    const { commands = [] } = block('```sh\nnpx a --b "c d" \\\n  e  # note\n\n# note\nnpx f\n```') ?? {};
    expect(commands.map(({ words }) => words)).toEqual([
      ['npx', 'a', '--b', 'c d', 'e'],
      ['npx', 'f'],
    ]);
  });

  it.each(['npx a | head', 'npx a > b', 'npx a $HOME', 'npx a *.png', 'npx a "$b"'])('runs no shell: %s', (text) => {
    expect(unsupportedSyntax({ text, where: '', words: shellWords(text) })).not.toBeNull();
  });

  it('has the output that directly follows it', () => {
    const fences = (between: string) =>
      `\`\`\`sh runnable\nnpx a\n\`\`\`\n${between}\n\`\`\`text output\n1 %\n\`\`\`\n`;
    expect(block(fences(''))?.output).toBe('1 %\n');
    expect(block(fences('Or:'))?.output).toBeNull();
  });
});

describe('an output', () => {
  it('has the shape of another with other numbers and blanks', () => {
    expect(hasShape('  #  target\n  1  12,8   98 %\n', '#  target\n1  120,80  9.5 %\n')).toBe(true);
    expect(hasShape('1 px\n', '1 %\n')).toBe(false);
    expect(hasShape('1 %\n2 %\n', '1 %\n')).toBe(false);
  });

  it('may be abridged with an ellipsis', () => {
    expect(hasShape('on cpu (A)\n1 %\n2 %\nend\n', 'on cpu (…)\n…\nend\n')).toBe(true);
    expect(hasShape('on cpu (A)\n1 %\nend\n', 'on cpu (…)\nend\n')).toBe(false);
  });
});

describe('a command', () => {
  const problem = (text: string) => parseProblem({ text, where: 'a.md:1', words: shellWords(text) });

  it('is accepted if its name, options and values exist', async () => {
    expect(await problem('npx samepoint')).toBeNull();
    expect(await problem('npx samepoint match --help')).toBeNull();
    expect(await problem('npx samepoint match a.png b.png --points "1,2"')).toBeNull();
  });

  it('is a problem otherwise', async () => {
    expect(await problem('npx samepoint mach a b')).toMatch(/^a\.md:1: /);
    expect(await problem('npx samepoint match a b --point 1,2')).toMatch(/unknown option/);
    expect(await problem('npx samepoint warp a b')).toMatch(/required option/);
    expect(await problem('npx samepoint match a b --provider abacus')).toMatch(/abacus/);
  });
});
