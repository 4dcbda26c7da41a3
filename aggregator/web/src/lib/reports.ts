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
