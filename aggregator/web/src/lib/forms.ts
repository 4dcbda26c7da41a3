// SPDX-License-Identifier: Apache-2.0
// The statistics form on the screen: cells in the order of annex 3, and their support in words.
import type { ConsolidatedRow, FormCell, Support } from '../api/types';
import { countText, NOT_APPLICABLE } from './format';
import { CELL_STATE_ZH } from './labels';

export const BAD_SUPPORT: readonly Support[] = [
  'over_claimed', 'under_claimed', 'unsupported', 'differs',
];

export function isBad(support: Support): boolean {
  return BAD_SUPPORT.includes(support);
}

export interface SupportCounts {
  judged: number; // cells that records can speak for
  supported: number;
  bad: number;
}

export function supportCounts(cells: readonly FormCell[]): SupportCounts {
  const judged = cells.filter((one) => one.support === 'supported' || isBad(one.support));
  return {
    judged: judged.length,
    supported: judged.filter((one) => one.support === 'supported').length,
    bad: judged.filter((one) => isBad(one.support)).length,
  };
}

/* Runs of rows with the same section and item, for cells that span. */
export function spans<T>(rows: readonly T[], key: (row: T) => string): number[] {
  const list: number[] = [];
  rows.forEach((row, index) => {
    if (index > 0 && key(row) === key(rows[index - 1] as T)) {
      let head = index - 1;
      while (list[head] === 0) head -= 1;
      list[head] = (list[head] ?? 0) + 1;
      list.push(0);
    } else {
      list.push(1);
    }
  });
  return list;
}

export function filledText(cell: FormCell): string {
  if (cell.state === 'not_answered' || cell.state === 'not_applicable') {
    return CELL_STATE_ZH[cell.state];
  }
  return withUnit(cell.filled, cell.unit);
}

export function withUnit(text: string | null, unit: string | null): string {
  if (text === null) return '—';
  const shown = /^\d+$/.test(text) ? countText(Number(text)) : text;
  return unit === null ? shown : unit === '%' ? `${shown}%` : `${shown} ${unit}`;
}

/* Declared − proven, only where both are whole numbers. */
export function gapText(filled: string | null, evidence: string | null): string {
  if (filled === null || evidence === null || !/^\d+$/.test(filled) || !/^\d+$/.test(evidence)) return '';
  const gap = Number(filled) - Number(evidence);
  return gap === 0 ? '' : gap > 0 ? `多 ${countText(gap)}` : `少 ${countText(-gap)}`;
}

function rateText(percent: string | null, numerator: number | null, denominator: number | null,
  sign: string): string {
  if (numerator === null && denominator === null) return '—';
  const head = percent === null ? NOT_APPLICABLE : `${percent}${sign}`;
  return `${head}（${countText(numerator ?? 0)} / ${countText(denominator ?? 0)}）`;
}

export function declaredText(row: ConsolidatedRow): string {
  const d = row.declared;
  switch (row.value_type) {
    case 'count': return d.count === null ? '无人填报' : withUnit(String(d.count), row.unit);
    case 'percent': return rateText(d.percent, d.numerator, d.denominator, '%');
    case 'ratio': return rateText(d.percent, d.numerator, d.denominator, ` ${row.unit ?? ''}`);
    case 'boolean': return `${countText(d.true_count ?? 0)} 个单位为“是”，共 ${
      countText(d.reporting_count ?? 0)} 个填报`;
    default: return d.count === null ? `${countText(d.reporting_count ?? 0)} 个单位填报`
      : withUnit(String(d.count), row.unit);
  }
}

export function derivedText(row: ConsolidatedRow): string {
  const d = row.derived;
  switch (row.value_type) {
    case 'count': return d.count === null ? '—' : withUnit(String(d.count), row.unit);
    case 'percent': return rateText(d.percent, d.numerator, d.denominator, '%');
    case 'ratio': return rateText(d.percent, d.numerator, d.denominator, ` ${row.unit ?? ''}`);
    default: return d.count === null ? '—' : `${countText(d.count)} 个单位有记录`;
  }
}

export function rowGap(row: ConsolidatedRow): string {
  if (row.value_type !== 'count' || row.declared.count === null || row.derived.count === null) return '';
  return gapText(String(row.declared.count), String(row.derived.count));
}
