// SPDX-License-Identifier: Apache-2.0
// Rows of the ranking: which figure is shown, how rows are ordered and numbered.
import type {
  Base, Breadth, Completion, Coverage, CoverageFigure, Level, Rate, Township,
} from '../api/types';

export const FIGURES = [
  'broad-all', 'broad-rural', 'strict-all', 'strict-rural', 'completion', 'ended', 'raw',
] as const;
export type FigureKey = (typeof FIGURES)[number];

export const FIGURE_ZH: Record<FigureKey, string> = {
  'broad-all': '覆盖率 · 宽口径 · 乡镇+街道（考核）',
  'broad-rural': '覆盖率 · 宽口径 · 仅乡镇',
  'strict-all': '覆盖率 · 窄口径 · 乡镇+街道',
  'strict-rural': '覆盖率 · 窄口径 · 仅乡镇',
  completion: '完成率（考核）',
  ended: '窗口已结束完成率',
  raw: '原始比率',
};

export function isFigure(text: string): text is FigureKey {
  return (FIGURES as readonly string[]).includes(text);
}

export function isCoverageFigure(key: FigureKey): boolean {
  return key.startsWith('broad') || key.startsWith('strict');
}

export function pickFigure(figures: readonly CoverageFigure[], breadth: Breadth, base: Base):
CoverageFigure | null {
  return figures.find((one) => one.breadth === breadth && one.base === base) ?? null;
}

export interface RankRow {
  code: string;
  name: string;
  longName: string;
  level: Level;
  rate: Rate;
  rank: number | null; // null where the rate does not apply
}

export const SORTS = ['rank', 'worst', 'name', 'gap'] as const;
export type SortKey = (typeof SORTS)[number];
export const SORT_ZH: Record<SortKey, string> = {
  rank: '从高到低',
  worst: '从低到高',
  gap: '缺口最大',
  name: '按区划代码',
};

export function isSort(text: string): text is SortKey {
  return (SORTS as readonly string[]).includes(text);
}

/* Exact comparison of two rates by cross-multiplication: the rounded text would call 99.996 %
 * and 100 % equal. A rate that does not apply is last. */
export function compareRates(a: Rate, b: Rate): number {
  const aNone = a.percent === null;
  const bNone = b.percent === null;
  if (aNone || bNone) return aNone === bNone ? 0 : aNone ? 1 : -1;
  return b.numerator * a.denominator - a.numerator * b.denominator;
}

/* Competition ranking: equal rates share a place and the next place is skipped (1, 1, 3). */
export function rankRows(rows: readonly Omit<RankRow, 'rank'>[]): RankRow[] {
  const sorted = [...rows].sort((a, b) => compareRates(a.rate, b.rate) || byCode(a, b));
  let place = 0;
  return sorted.map((row, index) => {
    const before = sorted[index - 1];
    if (before === undefined || compareRates(before.rate, row.rate) !== 0) place = index + 1;
    return { ...row, rank: row.rate.percent === null ? null : place };
  });
}

function byCode(a: { code: string }, b: { code: string }): number {
  return a.code < b.code ? -1 : a.code > b.code ? 1 : 0;
}

function gap(rate: Rate): number {
  return Math.max(0, rate.denominator - rate.numerator);
}

export function sortRows(rows: readonly RankRow[], key: SortKey): RankRow[] {
  const out = [...rows];
  if (key === 'name') return out.sort(byCode);
  if (key === 'gap') return out.sort((a, b) => gap(b.rate) - gap(a.rate) || byCode(a, b));
  return out.sort((a, b) => {
    const noneA = a.rate.percent === null;
    const noneB = b.rate.percent === null;
    const order = compareRates(a.rate, b.rate);
    if (noneA || noneB) return order || byCode(a, b); // 不适用 stays last both ways
    return (key === 'worst' ? -order : order) || byCode(a, b);
  });
}

export function rowsOf(figure: FigureKey, coverage: Coverage | null, completion: Completion | null):
RankRow[] {
  const rows: Omit<RankRow, 'rank'>[] = [];
  if (isCoverageFigure(figure)) {
    const [breadth, base] = figure.split('-') as [Breadth, Base];
    for (const child of coverage?.children ?? []) {
      const rate = pickFigure(child.figures, breadth, base);
      if (rate !== null) {
        rows.push({
          code: child.code, name: child.short_name, longName: child.name_zh, level: child.level,
          rate,
        });
      }
    }
  } else {
    for (const child of completion?.children ?? []) {
      const rate = figure === 'completion' ? child.completion
        : figure === 'ended' ? child.ended_window : child.raw;
      rows.push({
        code: child.code, name: child.short_name, longName: child.name_zh, level: child.level,
        rate,
      });
    }
  }
  return rankRows(rows);
}

const STATE_ORDER = { uncovered: 0, inherited_unproven: 1, covered: 2 } as const;

/* What still needs work first; then by code, the order of the official list. */
export function sortTownships(list: readonly Township[]): Township[] {
  return [...list].sort((a, b) => STATE_ORDER[a.state] - STATE_ORDER[b.state] || byCode(a, b));
}
