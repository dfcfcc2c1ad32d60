import { expect, it } from 'vitest';
import { formatTable } from '../../../src/eval/report/figure-table.js';

it('prints figures in columns that stand under their titles, and a dash where there is nothing to measure', () => {
  const text = formatTable({
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
