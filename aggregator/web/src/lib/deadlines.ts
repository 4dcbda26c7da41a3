// SPDX-License-Identifier: Apache-2.0
// How an obligation is shown: one short word with the days, and what else must be known of it.
import type { Deadlines, Level, MilestoneFigures, Obligation } from '../api/types';

export const SOON_DAYS = 7;
const DAY_MS = 24 * 3600 * 1000;

export type CellKind = 'missing' | 'late' | 'due_soon' | 'not_due' | 'on_time' | 'exempt';
export type DeadlineFilter = CellKind | 'extended' | 'returned';

export const CELL_ZH: Record<DeadlineFilter, string> = {
  missing: '缺报',
  late: '迟报',
  due_soon: `${SOON_DAYS} 天内到期`,
  not_due: '未到期',
  on_time: '按时',
  exempt: '免报',
  extended: '延期',
  returned: '被退回',
};

export const FILTERS: readonly DeadlineFilter[] = [
  'missing', 'late', 'due_soon', 'returned', 'extended', 'exempt', 'not_due', 'on_time',
];

/* Worst first: the mark stands beside the word, so that the colour says nothing of its own. */
export const MARK: Record<CellKind, string> = {
  missing: '✗', late: '▲', due_soon: '◷', not_due: '·', on_time: '✓', exempt: '—',
};

export function daysLeft(one: Obligation, asOf: string): number {
  return Math.ceil((Date.parse(one.effective_at) - Date.parse(asOf)) / DAY_MS);
}

export function cellKind(one: Obligation, asOf: string): CellKind {
  if (one.state !== 'not_due') return one.state;
  return daysLeft(one, asOf) <= SOON_DAYS ? 'due_soon' : 'not_due';
}

export function cellText(one: Obligation, asOf: string): string {
  switch (cellKind(one, asOf)) {
    case 'missing': return `缺 ${one.days_overdue ?? 0} 天`;
    case 'late': return `迟 ${one.days_late ?? 0} 天`;
    case 'due_soon': return `剩 ${daysLeft(one, asOf)} 天`;
    case 'not_due': return '未到期';
    case 'on_time': return one.is_due ? '按时' : '已收到';
    case 'exempt': return '免报';
  }
}

/* What the state alone does not say. */
export function notes(one: Obligation): string[] {
  const list: string[] = [];
  if (one.extended_until !== null) list.push(one.is_extended_after_due ? '过期后延期' : '延期');
  if (one.review_state === 'returned') list.push('被退回');
  if (one.review_state === 'rejected') list.push('不予采纳');
  if (one.review_state === 'accepted') list.push('审核通过');
  if (one.is_corrected_late) list.push('更正过期');
  if (one.is_substance_late === true) list.push('所填日期过期');
  return list;
}

export function matches(one: Obligation, filter: DeadlineFilter, asOf: string): boolean {
  switch (filter) {
    case 'extended': return one.extended_until !== null;
    case 'returned': return one.review_state === 'returned' || one.review_state === 'rejected';
    default: return cellKind(one, asOf) === filter;
  }
}

export function isFilter(text: string | null): text is DeadlineFilter {
  return text !== null && (FILTERS as readonly string[]).includes(text);
}

export function countBy(obligations: readonly Obligation[], asOf: string):
Record<DeadlineFilter, number> {
  const counts = Object.fromEntries(FILTERS.map((one) => [one, 0])) as Record<DeadlineFilter, number>;
  for (const one of obligations) {
    for (const filter of FILTERS) if (matches(one, filter, asOf)) counts[filter] += 1;
  }
  return counts;
}

export interface MatrixRow {
  code: string;
  name: string;
  longName: string;
  cells: (Obligation | null)[]; // in the order of the columns; null: nothing owed
  missing: number;
  late: number;
}

export interface Matrix {
  level: Level;
  columns: MilestoneFigures[];
  rows: MatrixRow[];
}

const LEVELS: readonly Level[] = ['city', 'province_unit', 'county', 'province'];

/* One table per level, as each level owes other things; the worst office stands first. A filter
 * leaves the offices to which it applies. Counties' figures of a column are those of the level. */
export function matrices(answer: Deadlines, filter: DeadlineFilter | null): Matrix[] {
  return LEVELS.map((level) => {
    const owed = answer.obligations.filter((one) => one.level === level);
    const numbers = new Set(owed.map((one) => one.milestone_no));
    const columns = answer.milestones.filter((one) => numbers.has(one.milestone_no ?? 0));
    const byOffice = new Map<string, Obligation[]>();
    for (const one of owed) {
      byOffice.set(one.office_code, [...byOffice.get(one.office_code) ?? [], one]);
    }
    const rows = [...byOffice.entries()].map(([code, list]): MatrixRow => ({
      code,
      name: list[0]?.short_name ?? code,
      longName: list[0]?.office_name ?? code,
      cells: columns.map((column) =>
        list.find((one) => one.milestone_no === column.milestone_no) ?? null),
      missing: list.filter((one) => one.state === 'missing').length,
      late: list.filter((one) => one.state === 'late').length,
    }));
    const kept = rows.filter((row) => filter === null
      || row.cells.some((cell) => cell !== null && matches(cell, filter, answer.as_of)));
    kept.sort((a, b) => b.missing - a.missing || b.late - a.late || a.code.localeCompare(b.code));
    return { level, columns, rows: kept };
  }).filter((one) => one.rows.length > 0);
}

/* On time over due for the offices of one table: a milestone may bind several levels. */
export function columnRate(matrix: Matrix, column: number): { onTime: number; due: number } {
  const cells = matrix.rows.map((row) => row.cells[column] ?? null)
    .filter((one): one is Obligation => one !== null && one.is_due && one.state !== 'exempt');
  return { onTime: cells.filter((one) => one.state === 'on_time').length, due: cells.length };
}

export const STEP_ZH: Readonly<Record<string, string>> = { overdue: '到期未报' };

export function stepText(step: string): string {
  const early = /^due-(\d+)$/.exec(step);
  if (early !== null) return `到期前 ${early[1]} 天`;
  const hand = /^hand-(\d+)$/.exec(step);
  if (hand !== null) return `人工第 ${hand[1]} 次`;
  return STEP_ZH[step] ?? step;
}
