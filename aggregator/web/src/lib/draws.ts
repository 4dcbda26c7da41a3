// SPDX-License-Identifier: Apache-2.0
// Inspection draws in words, and the commands that make and check them.
import type { DrawEntry, DrawFacts, DrawResult } from '../api/types';

export const DRAW_FILTERS = ['waiting', 'unchecked', 'checked'] as const;
export type DrawFilter = (typeof DRAW_FILTERS)[number];
export const DRAW_ZH: Record<DrawFilter, string> = {
  waiting: '已承诺，待抽取',
  unchecked: '已抽取，检查未完',
  checked: '已抽取，全部检查',
};

export function isDrawFilter(text: string | null): text is DrawFilter {
  return text !== null && (DRAW_FILTERS as readonly string[]).includes(text);
}

/* The newest result of an office, if it was inspected; a result without a day is none, as in the audit. */
export function resultOf(draw: DrawEntry, office: string): DrawResult | null {
  const own = draw.results.filter((one) => one.inspected_office_code === office
    && one.result !== null && one.checked_on !== null);
  return own[own.length - 1] ?? null;
}

export function checkedCount(draw: DrawEntry): number {
  return (draw.sample ?? []).filter((one) => resultOf(draw, one.code) !== null).length;
}

export function stageOf(draw: DrawEntry): DrawFilter {
  if (draw.sample === null) return 'waiting';
  return checkedCount(draw) < draw.sample.length ? 'unchecked' : 'checked';
}

/* Why an office weighs what it weighs; what adds nothing is left out. */
export function factsText(facts: Partial<DrawFacts>): string {
  const { missing = 0, late = 0, units = 0, uncovered = 0, sessions = 0, burst = 0, twins = 0 } = facts;
  const support = facts.support_percent ?? null;
  return [
    missing > 0 ? `缺报 ${missing} 项` : '',
    late > 0 ? `迟报 ${late} 项` : '',
    uncovered > 0 ? `乡镇街道 ${units} 个中未覆盖 ${uncovered} 个` : '',
    burst > 0 ? `${sessions} 场中 ${burst} 场赶在检查前七天` : '',
    twins > 0 ? `疑似重复 ${twins} 场` : '',
    support !== null && support < 100 ? `统计表佐证率 ${support}%` : '',
  ].filter((one) => one !== '').join('；') || '没有加权事项';
}

export function drawFile(draw: DrawEntry): string {
  return `draw-${draw.draw_id}.json`;
}

export function commitCommand(scheme: string): string {
  return `zhibao-aggregator draw commit --login 登录名 --scheme ${scheme} --occasion 检查契机`;
}

export function runCommand(draw: DrawEntry): string {
  return `zhibao-aggregator draw run --login 登录名 --id ${draw.draw_id} --size 抽取数量 --per-city 1 --out ${
    drawFile(draw)}`;
}

export function verifyCommand(draw: DrawEntry): string {
  return `zhibao-aggregator draw verify ${drawFile(draw)}`;
}

/* The commitment from the seed with the tools of any system. */
export function seedCommand(draw: DrawEntry): string {
  return `printf %s ${draw.seed} | xxd -r -p | sha256sum`;
}

/* What the province enters at its agent after the visit to one office. */
export function resultCommand(draw: DrawEntry): string {
  return `zhibao-agent record inspection --scheme ${draw.scheme} --seed ${draw.seed} --inspected_office_code 单位代码 `
    + '--checked_on 检查日期 --result 检查结果';
}
