import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commandLine, DEMO_COMMANDS } from '../../../src/cli/demo/demo-commands.js';
import { conclusion, stepReport } from '../../../src/cli/demo/demo-report.js';
import { useTempFolder } from '../../support/temp-folder.js';

const folder = useTempFolder();
const STEP = { title: 'Try', args: ['try'], outputs: ['made', 'file.png'] };
const context = () => ({ folder: folder.path('.'), self: 'npx samepoint', columns: 30 });

function report(run: { code?: number; stdout?: string; stderr?: string }): string {
  return stepReport(STEP, { code: 0, stdout: '', stderr: '', ...run }, context());
}

describe('the report of a demo', () => {
  it('shows commands as a shell of any platform reads them', () => {
    expect(commandLine('npx samepoint', ['match', 'a.png', '--points', '1,2 3,4', '--out', 'x/'])).toBe(
      'npx samepoint match a.png --points "1,2 3,4" --out x/',
    );
  });

  it('shows short output whole, without empty lines', () => {
    expect(report({ stdout: 'one\n\n  two\n' })).toBe('  one\n    two\n');
  });

  it('shows the beginning and the last line of long output, cut to the terminal', () => {
    const lines = Array.from({ length: 20 }, (_, n) => `line ${n + 1}`);
    const shown = report({ stdout: `${'x'.repeat(40)}\n${lines.join('\n')}\n` }).split('\n');
    expect(shown[0]).toBe(`  ${'x'.repeat(27)}…`);
    expect(shown.slice(-4)).toEqual(['  line 9', '  … 10 more lines', '  line 20', '']);
  });

  it('names the results that exist', () => {
    mkdirSync(folder.path('made/deep'), { recursive: true });
    writeFileSync(folder.path('made/deep/1.png'), '');
    expect(report({})).toMatch(/^ {2}→ \S*made \(1 file\)\n$/);
  });

  it('reports which command failed, and why', () => {
    expect(report({ code: 2, stderr: '1/2 targets\nsamepoint: No. Try again.\n' })).toMatch(
      /^ {2}samepoint: No\. Try again\.\n {2}Failed with exit code 2\.\n/,
    );
    expect(conclusion(['Try', 'Retry'], context())).toContain(
      `2 of ${DEMO_COMMANDS.length} commands failed: Try; Retry.`,
    );
  });

  it('ends with the steps to Figma', () => {
    expect(conclusion([], context())).toMatch(/npx samepoint plugin .*\n.*npx samepoint start /);
  });
});
