import { expect, it } from 'vitest';
import { formatFigureTable } from '../../../src/cli/format/eval-table.js';

it('aligns figures under their headings, with a dash if there is nothing to measure', () => {
  const text = formatFigureTable({
    title: 'Homography accuracy',
    note: 'percent of pairs',
    rowTitle: 'kind',
    columns: ['@1 px', '@3 px'],
    rows: [
      { name: 'illumination', items: 285, values: [62.34, 100] },
      { name: 'viewpoint', items: 0, values: [null, null] },
    ],
  });
  expect(text.split('\n')).toEqual([
    'Homography accuracy',
    '  kind          items  @1 px  @3 px',
    '  illumination    285   62.3  100.0',
    '  viewpoint         0      –      –',
    '  (percent of pairs)',
    '',
  ]);
});
