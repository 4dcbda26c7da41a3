// SPDX-License-Identifier: Apache-2.0
// Indicators and frozen figures in words.
import type {
  Contribution, EffectFigure, FrozenFigure, FrozenRate, IndicatorFigure, IndicatorMembers,
} from '../api/types';
import { countText, HIDDEN, NOT_APPLICABLE } from './format';

/* The part that stands for an indicator: the one without a name, or the official one. */
const MAIN_PARTS: readonly string[] = ['', 'broad_all', 'cities_capped'];

export function mainOf<T extends { part: string }>(figures: readonly T[]): T | null {
  return figures.find((one) => MAIN_PARTS.includes(one.part)) ?? figures[0] ?? null;
}

export function figureText(one: Omit<IndicatorFigure, 'part' | 'name_zh'>): string {
  if (one.numerator === null) return one.denominator === null ? NOT_APPLICABLE : HIDDEN;
  if (one.style === 'percent') return one.percent === null ? NOT_APPLICABLE : `${one.percent}%`;
  if (one.style === 'ratio') return one.value === null ? NOT_APPLICABLE : `${one.value} ${one.unit}`;
  return `${countText(one.numerator)} ${one.unit}`;
}

export function fractionOf(one: { numerator: number | null; denominator: number | null }): string {
  if (one.numerator === null || one.denominator === null) return '';
  return `${countText(one.numerator)} / ${countText(one.denominator)}`;
}

/* What the records behind a figure add up to. */
export function memberSumText(list: Pick<IndicatorMembers, 'is_hidden' | 'numerator' | 'denominator'>): string {
  const numerator = list.is_hidden ? `分子${HIDDEN}` : `分子合计 ${countText(list.numerator ?? 0)}`;
  return list.denominator === null ? numerator : `${numerator}，分母合计 ${countText(list.denominator)}`;
}

/* One of the states of a frozen or compared figure; null where there was none. */
export function rateText(rate: FrozenRate | null, figure: Pick<IndicatorFigure, 'style' | 'unit'>): string {
  return rate === null ? '没有' : figureText({ ...figure, ...rate });
}

export function isSame(a: FrozenRate | null, b: FrozenRate | null): boolean {
  return a?.numerator === b?.numerator && a?.denominator === b?.denominator;
}

/* Did the frozen figure change by what came in later for the same day? */
export function hasMoved(one: FrozenFigure): boolean {
  return !isSame(one.frozen, one.later);
}

/* Slow ones come last, so that they hold up nothing: the form against the records goes through
 * every form of the node. */
export function askOrder(ids: readonly string[]): string[] {
  const slow = ids.filter((id) => id === 'I-17');
  return [...ids.filter((id) => id !== 'I-17'), ...slow];
}

/* A part without a name is written as "-" in the address. */
export function partWord(part: string): string {
  return part === '' ? '-' : part;
}

export function wordPart(word: string | null): string | null {
  return word === '-' ? '' : word;
}

/* Of an effect sheet, what has no figure, by indicator and reason. Of a source without data only
 * the source is named, not each of its parts. */
export function missingOf(figures: readonly EffectFigure[]):
{ id: string; indicator: string; reason: string; names: string[] }[] {
  const absent = figures.filter((one) => one.missing_zh !== null);
  const isPartOfAbsent = (one: EffectFigure): boolean => absent.some((whole) =>
    whole.id === one.id && whole.part !== '' && one.part.startsWith(`${whole.part}.`));
  const groups = new Map<string, { id: string; indicator: string; reason: string; names: string[] }>();
  for (const one of absent.filter((each) => !isPartOfAbsent(each))) {
    const reason = one.missing_zh ?? '';
    const group = groups.get(`${one.id} ${reason}`)
      ?? { id: one.id, indicator: one.indicator_zh, reason, names: [] };
    group.names.push(one.name_zh);
    groups.set(`${one.id} ${reason}`, group);
  }
  return [...groups.values()].map((one) => ({ ...one, names: withoutHead(one.names) }));
}

/* 检查覆盖：备案抽查 and 检查覆盖：年中检查 side by side need no 检查覆盖. */
function withoutHead(names: readonly string[]): string[] {
  const head = names[0]?.slice(0, names[0].indexOf('：') + 1) ?? '';
  return names.map((one) => (names.every((each) => each.startsWith(head)) ? one.slice(head.length) : one));
}

export const STEP_ZH: Record<Contribution['step'], string> = {
  on: '统计日变更：冻结日之后发生的也计入',
  register: '名册变更',
  records: '记录变化：补报、更正、撤回、审核，或期限已到',
  frozen: '冻结值不能由现存记录重算',
};

export const CHANGE_ZH: Readonly<Record<string, string>> = {
  new: '新报', corrected: '更正', withdrawn: '撤回', reinstated: '恢复', returned: '退回',
  rejected: '不予采纳', cured: '整改后重报', reopened: '恢复待审', picked: '冲突裁定', joined: '并入联合活动',
  accepted: '审核通过', received: '收到不计数的版本', granted: '批准', taken_back: '收回', drawn: '抽取',
  on: '统计日内外', register: '名册',
};

export function changeText(change: string): string {
  if (change.startsWith('twin_')) return `同一活动的另一条${changeText(change.slice(5))}`;
  if (change.startsWith('host_')) return `联合活动主办方的记录${changeText(change.slice(5))}`;
  return CHANGE_ZH[change] ?? change;
}

/* What is no record: an act of the office above. */
export function actText(kind: string): string {
  return { extension: '延期', exemption: '免报', draw: '抽查' }[kind] ?? kind;
}

export function signed(value: number): string {
  return value > 0 ? `+${countText(value)}` : value < 0 ? `−${countText(-value)}` : '0';
}

/* What an office adds to the change; nobody has a share of a median. */
export function shareText(one: Contribution): string {
  if (one.numerator === null) return '不能按单位相加';
  const denominator = one.denominator ? `，分母 ${signed(one.denominator)}` : '';
  return `分子 ${signed(one.numerator)}${denominator}`;
}

/* What belongs to one node, step by step in the order in which the comparison goes. */
export function contributionsOf(all: readonly Contribution[], node: string):
{ step: Contribution['step']; list: Contribution[] }[] {
  const mine = all.filter((one) => one.nodes.includes(node));
  return (['on', 'register', 'records', 'frozen'] as const)
    .map((step) => ({ step, list: mine.filter((one) => one.step === step) }))
    .filter((one) => one.list.length > 0);
}
