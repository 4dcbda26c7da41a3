// SPDX-License-Identifier: Apache-2.0
// What annex 2 asks of a line beside what was held, in words.
import type { AnnexLine, AnnexWork } from '../api/types';
import { MODE_ZH } from './labels';

export const ASKED_MODE_ZH: Record<NonNullable<AnnexLine['mode']>, string> = {
  ...MODE_ZH, mixed: '线上线下同步', either: '线上或线下',
};

/* A month of the year of the window by its number alone, another one in full. */
export function monthText(month: string, line: Pick<AnnexLine, 'window_start'>): string {
  const [year, number] = month.split('-');
  const name = `${Number(number)} 月`;
  return year === line.window_start.slice(0, 4) ? name : `${year} 年 ${name}`;
}

/* The modes that sessions were held in, most telling first; those of study events have none. */
export function modesText(modes: AnnexLine['modes']): string {
  const parts: [number, string][] = [[modes.mixed, MODE_ZH.mixed], [modes.offline, MODE_ZH.offline],
    [modes.online, MODE_ZH.online], [modes.none, '不分方式']];
  return parts.filter(([count]) => count > 0).map(([count, word]) => `${word} ${count}`).join('、');
}

export function audiencesText(audiences: AnnexLine['audiences']): string {
  return audiences.map((one) => `${one.label_zh} ${one.sessions}`).join('、');
}

export function workText(work: AnnexWork): string {
  return [`${work.word_zh}“${work.title}”${work.done_on}`,
    work.printed_copies === null ? '' : `印 ${work.printed_copies} 份`,
    work.received === null ? '' : `送达 ${work.received}/${work.offices} 个单位`].filter((part) => part !== '').join('，');
}

/* Outside its window, or not held in the mode asked for although something was held. */
export function isOff(line: AnnexLine): boolean {
  return line.outside_window > 0 || (line.held > 0 && line.is_mode_met === false);
}
