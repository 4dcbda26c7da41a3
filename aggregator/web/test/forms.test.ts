// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { ConsolidatedRow, FormCell } from '../src/api/types';
import {
  declaredText, derivedText, filledText, gapText, rowGap, spans, supportCounts, withUnit,
} from '../src/lib/forms';

function cell(change: Partial<FormCell>): FormCell {
  return {
    item_no: 10, sub_field: '', section: '政策宣讲', item_zh: '进企业', label_zh: '进企业', unit: '场',
    state: 'value', filled: '5', evidence: '3', support: 'over_claimed', verification_factor: 0.6,
    live_evidence: '3', live_support: 'over_claimed', proposed_count: null, reason: null, first_count: null,
    accepted_count: null, revision_rate: null, ...change,
  };
}

describe('a form', () => {
  it('counts only the cells that records can speak for', () => {
    expect(supportCounts([cell({}), cell({ support: 'supported' }), cell({ support: 'not_derivable' }),
      cell({ support: 'not_answered' }), cell({ support: 'unsupported' }), cell({ support: 'differs' })]))
      .toEqual({ judged: 4, supported: 1, bad: 3 });
  });
  it('tells zero, not applicable and not answered apart', () => {
    expect(filledText(cell({ state: 'zero', filled: '0' }))).toBe('0 场');
    expect(filledText(cell({ state: 'not_applicable', filled: null }))).toBe('不适用');
    expect(filledText(cell({ state: 'not_answered', filled: null }))).toBe('未填');
    expect(filledText(cell({ filled: '12345', unit: '份' }))).toBe('12,345 份');
    expect(withUnit('43.75', '%')).toBe('43.75%');
    expect(withUnit(null, '场')).toBe('—');
  });
  it('has a gap between whole numbers only', () => {
    expect([gapText('5', '3'), gapText('3', '5'), gapText('5', '5'), gapText('是', '否'),
      gapText('43.75', '20.00'), gapText(null, '3')]).toEqual(['多 2', '少 2', '', '', '', '']);
  });
  it('spans runs of the same section', () => {
    expect(spans(['a', 'a', 'a', 'b', 'a'], (one) => one)).toEqual([3, 0, 0, 1, 1]);
    expect(spans([], String)).toEqual([]);
  });
});

describe('a consolidated row', () => {
  const row = (value_type: ConsolidatedRow['value_type'], declared: object, derived: object): ConsolidatedRow => ({
    item_no: 1, sub_field: '', section: '', label_zh: '', unit: '个', value_type, note: null,
    declared: { count: null, numerator: null, denominator: null, percent: null, true_count: null,
      reporting_count: 3, accepted_count: 0, ...declared },
    derived: { count: null, numerator: null, denominator: null, percent: null, ...derived },
  });
  it('shows counts, rates and answers, each in its own words', () => {
    const count = row('count', { count: 1200 }, { count: 1000 });
    expect([declaredText(count), derivedText(count), rowGap(count)]).toEqual(['1,200 个', '1,000 个', '多 200']);
    const rate = row('percent', { numerator: 1, denominator: 3, percent: '33.33' },
      { numerator: 0, denominator: 0 });
    expect([declaredText(rate), derivedText(rate), rowGap(rate)]).toEqual(
      ['33.33%（1 / 3）', '不适用（0 / 0）', '']);
    expect(declaredText(row('boolean', { true_count: 2 }, {}))).toBe('2 个单位为“是”，共 3 个填报');
    expect(declaredText(row('count', {}, {}))).toBe('无人填报');
    expect(derivedText(row('url', {}, { count: 2 }))).toBe('2 个单位有记录');
  });
});
