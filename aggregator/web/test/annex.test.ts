// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { AnnexLine } from '../src/api/types';
import { audiencesText, isOff, modesText, monthText, workText } from '../src/lib/annex';

const LINE: AnnexLine = {
  plan_item_id: 'L', row_no: 18, office_code: '420000U06', category: 'campus', theme: '路演周会', held: 3,
  time_text: '3-11月', window_start: '2024-03-01', window_end: '2024-11-30',
  months: [{ month: '2024-05', held: 2, outside_window: 0 }, { month: '2024-12', held: 1, outside_window: 1 }],
  before_start: 0, outside_window: 0, place: '省内高校', mode: 'mixed', is_mode_met: true,
  modes: { offline: 0, online: 0, mixed: 3, none: 0 }, audience: '在校大学生、高校毕业生', audiences: [], works: [],
};

describe('a line of annex 2', () => {
  it('names months of its year by their number, those of another year in full', () => {
    expect(monthText('2024-05', LINE)).toBe('5 月');
    expect(monthText('2025-01', LINE)).toBe('2025 年 1 月');
  });
  it('tells the modes and audiences that sessions had, and no others', () => {
    expect(modesText({ offline: 2, online: 0, mixed: 1, none: 4 })).toBe('线上线下 1、线下 2、不分方式 4');
    expect(modesText({ offline: 0, online: 0, mixed: 0, none: 0 })).toBe('');
    expect(audiencesText([{ audience: 'graduate', label_zh: '高校毕业生', sessions: 2 },
      { audience: '', label_zh: '未填', sessions: 1 }])).toBe('高校毕业生 2、未填 1');
  });
  it('names a work with its copies and the offices that have it', () => {
    const work = { kind: 'publication', office_code: '420000U01', item_id: 'I', done_on: '2024-03-05', word_zh: '小程序',
      title: '上线', printed_copies: null, received: null, offices: null } as const;
    expect(workText(work)).toBe('小程序“上线”2024-03-05');
    expect(workText({ ...work, kind: 'media_product', word_zh: '海报模版', printed_copies: 500, received: 0, offices: 117 }))
      .toBe('海报模版“上线”2024-03-05，印 500 份，送达 0/117 个单位');
  });
  it('is flagged for what was held outside its window or in another mode, never for what was not held', () => {
    expect(isOff(LINE)).toBe(false);
    expect(isOff({ ...LINE, outside_window: 1 })).toBe(true);
    expect(isOff({ ...LINE, is_mode_met: false })).toBe(true);
    expect(isOff({ ...LINE, is_mode_met: false, held: 0 })).toBe(false);
    expect(isOff({ ...LINE, mode: null, is_mode_met: null })).toBe(false);
  });
});
