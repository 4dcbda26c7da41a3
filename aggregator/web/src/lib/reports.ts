// SPDX-License-Identifier: Apache-2.0
import type { ReportJob } from '../api/types';
import { momentText } from './format';
import { PERIOD_ZH, REPORT_ZH, wordOf } from './labels';

/* A name for a report that is not made yet, and for the file it is saved under. */
export function reportName(one: ReportJob): string {
  const period = one.parameters.period;
  return `${one.node}-${wordOf(REPORT_ZH, one.report)}${
    period === undefined ? '' : `-${wordOf(PERIOD_ZH, period)}`}-${momentText(one.as_of).slice(0, 10)}`;
}

/* What is wrong with files that were handed out, a sentence each. */
export function findingTexts(one: ReportJob): string[] {
  const altered = one.findings.filter((f) => f.fault !== 'folder_missing')
    .map((f) => `${f.format.toUpperCase()}（${f.fault === 'store_altered' ? '存档' : '发布目录'}）`);
  const missing = one.findings.filter((f) => f.fault === 'folder_missing').map((f) => f.format.toUpperCase());
  return [
    ...altered.length > 0 ? [`文件与摘要不符：${altered.join('、')}`] : [],
    ...missing.length > 0 ? [`已不在发布目录：${missing.join('、')}`] : [],
  ];
}
