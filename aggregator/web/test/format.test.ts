// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import {
  countText, dateRange, fractionText, isDate, isInstant, isPast, momentText, percentText, plannedText, shanghaiText,
  valueText,
} from '../src/lib/format';
import { bandOf } from '../src/lib/scale';

describe('figures', () => {
  it('shows the percentage of the server and never one of its own', () => {
    expect(percentText({ numerator: 20, denominator: 21, percent: '95.24' })).toBe('95.24%');
    expect(percentText({ numerator: 0, denominator: 4, percent: '0.00' })).toBe('0.00%');
  });
  it('says 不适用 for a zero denominator', () => {
    expect(percentText({ numerator: 0, denominator: 0, percent: null })).toBe('不适用');
  });
  it('groups thousands', () => {
    expect(countText(1260)).toBe('1,260');
    expect(countText(1234567)).toBe('1,234,567');
    expect(countText(999)).toBe('999');
    expect(fractionText({ numerator: 1200, denominator: 1260, percent: '95.24' })).toBe('1,200 / 1,260');
  });
});

describe('dates', () => {
  it.each([
    ['2024-11-30', true], ['2024-02-29', true], ['2023-02-29', false], ['2024-13-01', false],
    ['2024-1-1', false], ['', false], ['2024-11-30T00:00:00Z', false],
  ])('%s is a date: %s', (text, wanted) => expect(isDate(text)).toBe(wanted));
  it.each([
    ['2024-11-30T16:00:00Z', true], ['2024-11-30T16:00:00.123456Z', true],
    ['2024-12-01T00:00:00+08:00', true], ['2024-11-31T16:00:00Z', false], ['2024-11-30', false],
  ])('%s is an instant: %s', (text, wanted) => expect(isInstant(text)).toBe(wanted));
  it('shows an instant in Shanghai time, over the end of a day and a year', () => {
    expect(shanghaiText('2024-12-31T16:00:00Z')).toBe('2025-01-01 00:00:00');
    expect(shanghaiText('2024-11-30T15:59:59.999999Z')).toBe('2024-11-30 23:59:59');
    expect(shanghaiText('not a time')).toBe('not a time');
  });
  it('names the end of a day by that day', () => {
    expect(momentText('2024-11-30T16:00:00Z')).toBe('2024-11-30 24:00');
    expect(momentText('2024-12-01T00:00:00.000000+08:00')).toBe('2024-11-30 24:00');
    expect(momentText('2024-11-30T16:00:00.000001Z')).toBe('2024-12-01 00:00:00');
    expect(momentText('2024-11-30T15:59:59.999999Z')).toBe('2024-11-30 24:00');
    expect(momentText('2024-11-30T15:59:59.999Z')).toBe('2024-11-30 23:59:59');
    expect(momentText('soon')).toBe('soon');
    expect(momentText('2024-11-30T16:00:01Z')).toBe('2024-12-01 00:00:01');
  });
  it.each([
    [null, false], ['2024-11-29', true], ['2024-11-30', true], ['2024-12-01', false], ['2025-01-01', false],
    ['2024-11-30T15:59:59.999Z', true], ['2024-12-01T00:00:00+08:00', true], ['2024-11-30T16:00:00.001Z', false],
  ])('%s is past when 2024-11-30 ends: %s', (asOf, wanted) =>
    expect(isPast(asOf, Date.parse('2024-11-30T16:00:00Z'))).toBe(wanted));
  it('writes windows and plans', () => {
    expect(dateRange('2024-03-01', '2024-05-31')).toBe('2024-03-01 至 2024-05-31');
    expect(dateRange(null, null)).toBe('未定');
    expect(plannedText(1, 2)).toBe('1–2');
    expect(plannedText(3, null)).toBe('3');
    expect(plannedText(null, null)).toBe('未定量');
  });
});

describe('values of a record', () => {
  it('shows a digest without the mark of the database', () => {
    expect(['\\xab12', '\\xyz', 'x12'].map(valueText)).toEqual(['ab12', '\\xyz', 'x12']);
  });
  it('tells empty, missing, zero and no apart', () => {
    expect([null, '', 0, false, []].map(valueText)).toEqual(['未填', '空', '0', '否', '无']);
  });
});

describe('classes of the scale', () => {
  it.each([
    ['0.00', 0, 10, 'b0'], ['59.99', 5999, 10000, 'b0'], ['60.00', 6, 10, 'b1'],
    ['94.99', 9499, 10000, 'b2'], ['95.00', 95, 100, 'b3'], ['100.00', 10, 10, 'b4'],
    ['120.00', 12, 10, 'b4'], [null, 0, 0, 'na'],
  ])('%s (%d/%d) is in %s', (percent, numerator, denominator, key) => {
    expect(bandOf(percent, numerator, denominator).key).toBe(key);
  });
  it('does not call a rounded hundred complete', () => {
    expect(bandOf('100.00', 99_999, 100_000).key).toBe('b3');
  });
});
