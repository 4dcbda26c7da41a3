// SPDX-License-Identifier: Apache-2.0
// What became of a plan after it was due, in words.
import type { BaselineLine, BaselineOffice, PlanCut } from '../api/types';
import { plannedText } from './format';

export type LineChange = 'added' | 'dropped' | 'raised' | 'lowered' | 'same';

export const CHANGE_ZH: Record<LineChange, string> = {
  added: '期限后新增', dropped: '已撤下', raised: '上调', lowered: '下调', same: '未变',
};

export function changeOf(line: BaselineLine): LineChange {
  if (!line.is_baseline) return 'added';
  if (!line.is_current) return 'dropped';
  const step = (line.current_min ?? 0) - (line.baseline_min ?? 0);
  if (step === 0) return 'same';
  return step > 0 ? 'raised' : 'lowered';
}

/* The counts of an office that are not nought, in words; empty when its plan never changed. */
export function officeChanges(office: BaselineOffice): string {
  const parts: [number, string][] = [[office.added, '新增'], [office.dropped, '撤下'],
    [office.raised, '上调'], [office.lowered, '下调']];
  return parts.filter(([count]) => count > 0).map(([count, word]) => `${word} ${count} 行`).join('，');
}

export function cutText(cut: PlanCut): string {
  const before = plannedText(cut.planned_before, cut.planned_before);
  return cut.change === 'withdrawn' ? `撤下（原计划 ${before}）`
    : `由 ${before} 下调为 ${plannedText(cut.planned_after, cut.planned_after)}`;
}
