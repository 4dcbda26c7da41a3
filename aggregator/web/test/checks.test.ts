// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { BaselineLine, BaselineOffice, Draw, EffectFigure } from '../src/api/types';
import { changeOf, cutText, officeChanges } from '../src/lib/baseline';
import { checkedCount, factsText, resultOf, stageOf } from '../src/lib/draws';
import { missingOf } from '../src/lib/figures';

function draw(change: Partial<Draw>): Draw {
  return {
    draw_id: 3, scheme: 'field_visit', scheme_zh: '调研检查', occasion: null, commitment: 'c', population_digest: 'd',
    as_of: '', committed_by: 'x', committed_at: '', population_count: 2, population: [], seed: null, sample_size: null, per_city: null,
    cities: null, run_by: null, run_at: null, sample: null, results: [], not_counted: [], ...change,
  };
}

function result(office: string | null, what: string | null, on: string | null = '2024-12-01'): Draw['results'][number] {
  return {
    office_code: '420000', item_id: `${office}.${on}`, inspected_office_code: office, checked_on: on, result: what,
    rectification_due_on: null, rectification_closed_on: null,
  };
}

const SAMPLE = ['A', 'B'].map((code, index) => ({ code, name_zh: code, place: index + 1, key: '1' }));

describe('a draw', () => {
  it('is waiting until it is drawn, and done when every office drawn has a result', () => {
    expect(stageOf(draw({}))).toBe('waiting');
    expect(stageOf(draw({ sample: SAMPLE, results: [result(null, null), result('A', 'passed')] }))).toBe('unchecked');
    expect(stageOf(draw({ sample: SAMPLE, results: [result('A', 'passed'), result('B', 'failed')] }))).toBe('checked');
  });
  it('counts an office once, by its newest result; others who were visited count for nothing', () => {
    const twice = draw({ sample: SAMPLE, results: [result('A', 'failed'), result('A', 'passed', '2024-12-09'), result('Z', 'passed')] });
    expect(checkedCount(twice)).toBe(1);
    expect(resultOf(twice, 'A')?.result).toBe('passed');
    expect(resultOf(twice, 'B')).toBeNull();
    expect(checkedCount(draw({ sample: SAMPLE, results: [result('A', 'passed', null)], not_counted: [result('B', 'passed')] }))).toBe(0);
  });
  it('says what adds to a weight, and nothing else', () => {
    expect(factsText({})).toBe('没有加权事项');
    expect(factsText({ missing: 2, late: 0, units: 9, uncovered: 3, sessions: 60, burst: 15, twins: 1, support_percent: 88 }))
      .toBe('缺报 2 项；乡镇街道 9 个中未覆盖 3 个；60 场中 15 场赶在检查前七天；疑似重复 1 场；统计表佐证率 88%');
    expect(factsText({ support_percent: 100 })).toBe('没有加权事项');
  });
});

const LINE: BaselineLine = {
  plan_item_id: 'p', item_no: 1, category: 'village', theme: 't', window_end: null, is_baseline: true, baseline_min: 3,
  is_current: true, current_min: 3, held: 0,
};
const OFFICE: BaselineOffice = {
  office_code: 'A', baseline_at: '', is_late: false, baseline: { numerator: 0, denominator: 0, percent: null }, baseline_lines: 0,
  current: { numerator: 0, denominator: 0, percent: null }, current_lines: 0, added: 0, dropped: 0, raised: 0, lowered: 0,
};

describe('a plan after it was due', () => {
  it.each([
    [{}, 'same'], [{ current_min: 2 }, 'lowered'], [{ current_min: null }, 'lowered'], [{ current_min: 4 }, 'raised'],
    [{ is_current: false, current_min: null }, 'dropped'], [{ is_baseline: false, baseline_min: null }, 'added'],
    [{ baseline_min: null, current_min: null }, 'same'],
  ] as const)('%j is %s', (change, word) => {
    expect(changeOf({ ...LINE, ...change })).toBe(word);
  });
  it('is told in words', () => {
    expect(officeChanges(OFFICE)).toBe('');
    expect(officeChanges({ ...OFFICE, added: 1, lowered: 2 })).toBe('新增 1 行，下调 2 行');
    const cut = { office_code: 'A', plan_item_id: 'p', revision_id: 'r', received_at: '', planned_before: 3, is_in_force: true };
    expect(cutText({ ...cut, change: 'lowered', planned_after: 1 })).toBe('由 3 下调为 1');
    expect(cutText({ ...cut, change: 'lowered', planned_after: null })).toBe('由 3 下调为 未定量');
    expect(cutText({ ...cut, change: 'withdrawn', planned_after: null })).toBe('撤下（原计划 3）');
  });
});

describe('an effect sheet', () => {
  it('names a source without data once, not each of its parts', () => {
    const figure = (id: string, part: string, reason: string | null, name = part): EffectFigure => ({
      id, indicator_zh: id, part, name_zh: name, unit: '件', style: 'count', numerator: null, denominator: null, percent: null,
      value: null, missing_zh: reason,
    });
    expect(missingOf([figure('I-03', '', null), figure('I-12', 'visit.visited', '尚未检查', '检查：督导'), figure('I-12', 'call.visited', '尚未检查', '检查：线上'),
      figure('I-14', 'petition', '没有数据'), figure('I-14', 'petition.closed', '没有数据'), figure('I-14', 'hotline', null)])).toEqual([
      { id: 'I-12', indicator: 'I-12', reason: '尚未检查', names: ['督导', '线上'] },
      { id: 'I-14', indicator: 'I-14', reason: '没有数据', names: ['petition'] },
    ]);
  });
});
