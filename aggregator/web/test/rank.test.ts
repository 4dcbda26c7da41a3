// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Rate, Township } from '../src/api/types';
import { compareRates, rankRows, sortRows, sortTownships } from '../src/lib/rank';

const rate = (numerator: number, denominator: number): Rate => ({
  numerator,
  denominator,
  percent: denominator === 0 ? null : ((100 * numerator) / denominator).toFixed(2),
});
const row = (code: string, numerator: number, denominator: number) => ({
  code, name: code, longName: code, level: 'city' as const, rate: rate(numerator, denominator),
});

describe('ranking', () => {
  const rows = rankRows([row('A', 1, 2), row('B', 0, 0), row('C', 4, 4), row('D', 2, 4), row('E', 0, 9)]);
  it('gives equal rates one place, skips the next, and none to 不适用', () => {
    expect(rows.map((one) => [one.code, one.rank])).toEqual([
      ['C', 1], ['A', 2], ['D', 2], ['E', 4], ['B', null],
    ]);
  });
  it('compares exactly where the rounded text is equal', () => {
    expect(compareRates(rate(99_999, 100_000), rate(100_000, 100_000))).toBeGreaterThan(0);
    expect(rankRows([row('A', 99_999, 100_000), row('B', 1, 1)]).map((one) => one.code))
      .toEqual(['B', 'A']);
  });
  it('keeps 不适用 last whichever way the list is turned', () => {
    expect(sortRows(rows, 'rank').map((one) => one.code).join('')).toBe('CADEB');
    expect(sortRows(rows, 'worst').map((one) => one.code).join('')).toBe('EADCB');
    expect(sortRows(rows, 'gap').map((one) => one.code).join('')).toBe('EDABC');
    expect(sortRows(rows, 'name').map((one) => one.code).join('')).toBe('ABCDE');
  });
});

describe('townships', () => {
  it('lists what still needs work first', () => {
    const town = (code: string, state: Township['state']): Township => ({
      unit_id: code, code, name_zh: code, kind: '镇', state, sessions_broad: 0, sessions_strict: 0,
      covered_broad: false, covered_strict: false, first_on: null, last_on: null,
    });
    const list = [town('1', 'covered'), town('2', 'inherited_unproven'), town('4', 'uncovered'),
      town('3', 'uncovered')];
    expect(sortTownships(list).map((one) => one.code).join('')).toBe('3421');
  });
});
