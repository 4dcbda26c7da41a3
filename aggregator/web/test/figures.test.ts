// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Contribution, FrozenFigure, IndicatorFigure, ReportFinding, ReportJob } from '../src/api/types';
import { exportHref, reportHref } from '../src/api/pages';
import {
  askOrder, changeText, contributionsOf, figureText, fractionOf, hasMoved, mainOf, memberSumText, partWord, rateText,
  shareText, signed, wordPart,
} from '../src/lib/figures';
import { sizeText, sourceText } from '../src/lib/format';
import { findingTexts } from '../src/lib/reports';

function figure(change: Partial<IndicatorFigure>): IndicatorFigure {
  return { part: '', name_zh: '', unit: '场', style: 'count', numerator: 1200, denominator: null,
    percent: null, value: null, ...change };
}

describe('an indicator', () => {
  it('shows each style with its own words, and no percentage where there is none', () => {
    expect(figureText(figure({}))).toBe('1,200 场');
    expect(figureText(figure({ style: 'percent', denominator: 0 }))).toBe('不适用');
    expect(figureText(figure({ style: 'percent', denominator: 9, percent: '11.11' }))).toBe('11.11%');
    expect(figureText(figure({ style: 'ratio', denominator: 3, value: '2.50', unit: '场/人' }))).toBe('2.50 场/人');
    expect(figureText(figure({ numerator: null }))).toBe('不适用');
    expect(figureText(figure({ style: 'percent', numerator: null, denominator: 20 }))).toBe('样本不足，不公布');
    expect([fractionOf(figure({})), fractionOf(figure({ denominator: 3 }))]).toEqual(['', '1,200 / 3']);
  });
  it('opens to records that tell no more than it does', () => {
    expect(memberSumText({ is_hidden: true, numerator: null, denominator: 20 })).toBe('分子样本不足，不公布，分母合计 20');
    expect(memberSumText({ is_hidden: false, numerator: 1200, denominator: null })).toBe('分子合计 1,200');
    expect(memberSumText({ is_hidden: false, numerator: null, denominator: 3 })).toBe('分子合计 0，分母合计 3');
  });
  it('is stood for by its official part', () => {
    expect(mainOf([{ part: 'all' }, { part: '' }])).toEqual({ part: '' });
    expect(mainOf([{ part: 'strict_all' }, { part: 'broad_all' }])).toEqual({ part: 'broad_all' });
    expect(mainOf([{ part: 'x' }])).toEqual({ part: 'x' });
    expect(mainOf([])).toBeNull();
    expect([wordPart(partWord('')), wordPart(partWord('a:1')), wordPart(null)]).toEqual(['', 'a:1', null]);
  });
  it('leaves the slow one to the end', () => {
    expect(askOrder(['I-01', 'I-17', 'I-18'])).toEqual(['I-01', 'I-18', 'I-17']);
  });
});

describe('a frozen figure', () => {
  const rate = (numerator: number, denominator: number | null, percent: string | null = null, value: string | null = null) =>
    ({ numerator, denominator, percent, value });
  const one = { frozen: rate(1, 2, '50.00'), later: rate(1, 2, '50.00'), live: rate(2, 2, '100.00') } as FrozenFigure;
  it('has moved when records for the same day came later, not when the days went on', () => {
    expect(hasMoved(one)).toBe(false);
    expect(hasMoved({ ...one, later: rate(2, 2, '100.00') })).toBe(true);
    expect(hasMoved({ ...one, frozen: null })).toBe(true);
  });
  it('is written in its unit: days and sessions per person are no percentage', () => {
    const days = { style: 'ratio', unit: '天' } as const;
    expect(rateText(rate(31, 2, null, '15.50'), days)).toBe('15.50 天');
    expect(rateText(rate(3, 2, null, '1.50'), { style: 'ratio', unit: '场/人' })).toBe('1.50 场/人');
    expect(rateText(rate(1, 2, '50.00'), { style: 'percent', unit: '个' })).toBe('50.00%');
    expect(rateText(rate(7, null), { style: 'count', unit: '份' })).toBe('7 份');
    expect([rateText(null, days), rateText(rate(0, 0), { style: 'percent', unit: '个' })]).toEqual(['没有', '不适用']);
  });
});

it('orders what changed by step and keeps to the node', () => {
  const part = (step: Contribution['step'], nodes: string[]): Contribution =>
    ({ step, nodes, member: '', label_zh: null, parts: [], parts_zh: [], numerator: 1, denominator: 0, records: [], reasons: [] });
  const steps = contributionsOf([part('records', ['a', 'b']), part('on', ['b']), part('on', ['a'])], 'a');
  expect(steps.map((one) => [one.step, one.list.length])).toEqual([['on', 1], ['records', 1]]);
  expect(['withdrawn', 'twin_new', 'host_withdrawn', '?'].map(changeText)).toEqual(
    ['撤回', '同一活动的另一条新报', '联合活动主办方的记录撤回', '?']);
  expect([signed(3), signed(-3), signed(0)]).toEqual(['+3', '−3', '0']);
  const mine = part('records', ['a']);
  expect([shareText(mine), shareText({ ...mine, denominator: -2 }), shareText({ ...mine, numerator: null, denominator: null })])
    .toEqual(['分子 +1', '分子 +1，分母 −2', '不能按单位相加']);
});

it('makes relative addresses and asks for what the export knows', () => {
  expect(reportHref('/api/v1/reports/3/pdf')).toBe('api/v1/reports/3/pdf');
  const moment = { on: '2024-11-30', asOf: '2024-12-01' };
  expect(exportHref('csv', '420100', 'lecture_event', moment))
    .toBe('api/v1/export/csv?node=420100&kind=lecture_event&as_of=2024-12-01');
  expect(exportHref('sdmx', '420100', null, moment))
    .toBe('api/v1/export/sdmx?node=420100&on=2024-11-30&as_of=2024-12-01');
});

it('says which files of a report are not what they were, and where', () => {
  const texts = (...findings: ReportFinding[]) => findingTexts({ findings } as unknown as ReportJob);
  expect(texts()).toEqual([]);
  expect(texts({ format: 'csv', fault: 'folder_altered' }, { format: 'pdf', fault: 'store_altered' }))
    .toEqual(['文件与摘要不符：CSV（发布目录）、PDF（存档）']);
  expect(texts({ format: 'csv', fault: 'store_altered' }, { format: 'csv', fault: 'folder_missing' }))
    .toEqual(['文件与摘要不符：CSV（存档）', '已不在发布目录：CSV']);
});

it('reads sources and sizes', () => {
  expect(sourceText('annex1:L20; annex3:12; R5-R7')).toBe('附件1第 20 行；附件3第 12 项；R5-R7');
  expect(sourceText(null)).toBe('');
  expect([sizeText(12), sizeText(829516), sizeText(3 * 1024 * 1024)]).toEqual(['12 字节', '810 KB', '3.0 MB']);
});
