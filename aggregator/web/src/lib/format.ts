// SPDX-License-Identifier: Apache-2.0
// Figures, dates and instants as an operator reads them. No figure is computed here: the
// percentage is the server's own text.
import type { Base, Rate } from '../api/types';

export const NOT_APPLICABLE = '不适用';
export const HIDDEN = '样本不足，不公布'; // as the audit says it

export function percentText(rate: Rate): string {
  return rate.percent === null ? NOT_APPLICABLE : `${rate.percent}%`;
}

export function countText(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

export function fractionText(rate: Rate): string {
  return `${countText(rate.numerator)} / ${countText(rate.denominator)}`;
}

/* Why a coverage figure has no percentage. */
export function noBaseReason(base: Base): string {
  return base === 'rural'
    ? '分母为 0：本地没有乡镇（全部是街道），“仅乡镇”基数不适用'
    : '分母为 0：截至日期当日本地没有登记有效的乡镇或街道';
}

export const NO_LINES_REASON = '分母为 0：没有填写计划场次的计划行，比率不适用';
export const NO_ENDED_REASON = '分母为 0：截至日期前没有窗口期已结束的定量计划，比率不适用';

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/* A real calendar date, so that 2024-02-30 in a pasted link is noticed. */
export function isDate(text: string): boolean {
  const parts = DATE.exec(text);
  if (parts === null) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text;
}

export function isInstant(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/.test(text)
    && isDate(text.slice(0, 10)) && !Number.isNaN(Date.parse(text));
}

/* China has kept UTC+8 without summer time since 1992; the programme is of this century. */
const SHANGHAI_MS = 8 * 3600 * 1000;
const DAY_MS = 24 * 3600 * 1000;

/* An instant in Shanghai time, to the second. Anything else is returned as it came. */
export function shanghaiText(instant: string): string {
  const at = Date.parse(instant);
  if (Number.isNaN(at)) return instant;
  const text = new Date(at + SHANGHAI_MS).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)}`;
}

/* A day given as as_of means its end, 24:00, exclusive. The answer names either that midnight or
 * the last microsecond before it; both are shown as the day's 24:00. */
export function momentText(instant: string): string {
  const at = Date.parse(instant) + SHANGHAI_MS;
  const ofDay = ((at % DAY_MS) + DAY_MS) % DAY_MS;
  const fraction = /\.(\d+)/.exec(instant)?.[1] ?? '';
  const isMidnight = ofDay === 0 && !/[1-9]/.test(fraction);
  const isLast = ofDay === DAY_MS - 1 && /^9{6,}$/.test(fraction);
  if (!isMidnight && !isLast) return shanghaiText(instant);
  return `${new Date(isMidnight ? at - 1 : at).toISOString().slice(0, 10)} 24:00`;
}

/* Does an as_of of the address lie in the past? The day of today does not: it ends in the future, and
 * what is shown for it is the newest. */
export function isPast(asOf: string | null, nowMs: number): boolean {
  if (asOf === null) return false;
  return (isDate(asOf) ? Date.parse(`${asOf}T00:00:00+08:00`) + DAY_MS : Date.parse(asOf)) <= nowMs;
}

/* A line of the official text, as the registers name it: annex1:L14. */
export function sourceText(source: string | null): string {
  return (source ?? '')
    .replace(/annex(\d):L(\d+)(?:-L?(\d+))?/g, (_all, annex: string, from: string, to?: string) =>
      `附件${annex}第 ${from}${to === undefined ? '' : `–${to}`} 行`)
    .replace(/annex(\d):(\d+)/g, '附件$1第 $2 项')
    .replace(/annex(\d)/g, '附件$1')
    .replace(/; /g, '；');
}

export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} 字节`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

export function dateRange(start: string | null, end: string | null): string {
  if (start === null && end === null) return '未定';
  if (start === end && start !== null) return start;
  return `${start ?? '…'} 至 ${end ?? '…'}`;
}

export function plannedText(min: number | null, max: number | null): string {
  if (min === null && max === null) return '未定量';
  if (min === null) return `至多 ${max}`;
  return max === null || max === min ? String(min) : `${min}–${max}`;
}

/* A body value of any shape, for the history. Digests are shown as people write them, without the mark of the database. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return '未填';
  if (typeof value === 'boolean') return value ? '是' : '否';
  if (Array.isArray(value)) return value.length === 0 ? '无' : value.map(valueText).join('、');
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value) === '' ? '空' : String(value).replace(/^\\x(?=[0-9a-f]+$)/, '');
}
