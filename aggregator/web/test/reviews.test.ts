// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { CatalogField, ReviewCounts } from '../src/api/types';
import { catalogText } from '../src/lib/catalogText';
import { isReviewState, reviewCommand, sortCounts, waitedDays } from '../src/lib/reviews';
import { createPages } from '../src/state/pages';

const counts = (kind: string): ReviewCounts =>
  ({ kind, pending: 1, accepted: 2, returned: 3, rejected: 4, disputed: 5, flagged: 6 });

describe('reviews', () => {
  it('puts papers and forms before records of what was done', () => {
    expect(sortCounts([counts('news_item'), counts('statistics_form'), counts('submission')])
      .map((one) => one.kind)).toEqual(['submission', 'statistics_form', 'news_item']);
  });
  it('knows its states', () => {
    expect([isReviewState('returned'), isReviewState('late'), isReviewState(null)]).toEqual([true, false, false]);
  });
  it('writes the command of a verdict', () => {
    const target = { office: '420100', item: 'I', revision: 'R' };
    expect(reviewCommand('accept', target)).toBe(
      'zhibao-aggregator review accept --login 登录名 --office 420100 --item I --revision R');
    expect(reviewCommand('return', target)).toMatch(/ --reason 理由 --cure 整改期限$/);
  });
  it('waits in whole days', () => {
    expect(waitedDays('2024-06-01T00:00:00Z', '2024-06-03T23:59:59Z')).toBe(2);
    expect(waitedDays('2024-06-01T00:00:00Z', '2024-05-01T00:00:00Z')).toBe(0);
  });
});

describe('a value in the words of the catalogue', () => {
  const field = (change: Partial<CatalogField>): CatalogField =>
    ({ name: 'x', label_zh: '某', unit: null, values: {}, columns: [], ...change });
  it('translates codes, units and rows', () => {
    const kinds = field({ values: { village: '进村居', site: '进工地' } });
    expect(catalogText(kinds, 'village')).toBe('进村居');
    expect(catalogText(kinds, ['village', 'site', 'new'])).toBe('进村居、进工地、new');
    expect(catalogText(field({ unit: '人' }), 30)).toBe('30 人');
    expect(catalogText(field({ unit: 'byte' }), 2048)).toBe('2 KB');
    const rows = field({ columns: [field({ name: 'item_no', label_zh: '项号' }),
      field({ name: 'count', label_zh: '数量' }), field({ name: 'text', label_zh: '文字' })] });
    expect(catalogText(rows, [{ item_no: 1, count: 0, text: null }])).toBe('项号 1，数量 0');
    expect([catalogText(null, null), catalogText(field({}), true), catalogText(field({}), [])]).toEqual(
      ['未填', '是', '无']);
  });
});

it('reads a list page by page and begins anew', async () => {
  const asked: (string | null)[] = [];
  const list = createPages<{ items: number[]; next: string | null }, number>((answer) => answer.items);
  const fetch = (after: string | null): Promise<{ items: number[]; next: string | null }> => {
    asked.push(after);
    return Promise.resolve(after === null ? { items: [1, 2], next: '2' } : { items: [3], next: null });
  };
  await list.start(fetch);
  expect([list.items.value, list.hasMore.value]).toEqual([[1, 2], true]);
  await list.more();
  await list.more();
  expect([list.items.value, list.hasMore.value, asked]).toEqual([[1, 2, 3], false, [null, '2']]);
  await list.start(fetch);
  expect(list.items.value).toEqual([1, 2]);
});
