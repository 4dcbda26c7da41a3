// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Deadlines, MilestoneFigures, Obligation } from '../src/api/types';
import {
  cellKind, cellText, columnRate, countBy, daysLeft, matrices, notes, stepText,
} from '../src/lib/deadlines';

const AS_OF = '2024-06-25T15:59:59.999999Z';

function owed(change: Partial<Obligation>): Obligation {
  return {
    office_code: '420100', office_name: '武汉市局', short_name: '武汉', level: 'city', milestone_no: 34,
    material: '进展情况', to_office_code: '420000', due_on: '2024-06-30',
    due_at: '2024-06-30T16:00:00+00:00', effective_at: '2024-06-30T16:00:00+00:00',
    deadline: '2024-06-30 24:00', state: 'not_due', is_due: false, days_late: null, days_overdue: null,
    received_at: null, item_id: null, revision_id: null, received_item_id: null,
    received_revision_id: null, review_state: null, substance_on: null, is_substance_late: null,
    extended_until: null, is_extended_after_due: false, is_corrected_late: false,
    exempt_reason: null, call: { name: null, contact: null }, reminder: null, ...change,
  };
}

const missing = owed({ state: 'missing', is_due: true, days_overdue: 12 });
const late = owed({ office_code: '420200', short_name: '黄石', state: 'late', is_due: true, days_late: 3 });
const onTime = owed({ office_code: '420300', short_name: '十堰', state: 'on_time', is_due: true,
  milestone_no: 1, review_state: 'returned' });

describe('a cell of the matrix', () => {
  it.each([
    [missing, 'missing', '缺 12 天'],
    [late, 'late', '迟 3 天'],
    [onTime, 'on_time', '按时'],
    [owed({ state: 'on_time', is_due: false }), 'on_time', '已收到'],
    [owed({}), 'due_soon', '剩 6 天'],
    [owed({ effective_at: '2024-07-03T16:00:00+00:00' }), 'not_due', '未到期'],
    [owed({ state: 'exempt' }), 'exempt', '免报'],
  ] as const)('%#', (one, kind, text) => {
    expect([cellKind(one, AS_OF), cellText(one, AS_OF)]).toEqual([kind, text]);
  });
  it('counts a day begun as a day left, and the seventh as soon', () => {
    expect(daysLeft(owed({}), '2024-06-30T15:59:59Z')).toBe(1);
    const seven = owed({ effective_at: '2024-07-02T15:59:59Z' });
    expect([daysLeft(seven, AS_OF), cellKind(seven, AS_OF)]).toEqual([7, 'due_soon']);
  });
  it('says what the state hides', () => {
    expect(notes(owed({ extended_until: '2024-07-05', is_extended_after_due: true,
      review_state: 'accepted', is_substance_late: true }))).toEqual(['过期后延期', '审核通过', '所填日期过期']);
    expect(notes(owed({}))).toEqual([]);
  });
});

describe('the matrix', () => {
  const column = (no: number): MilestoneFigures => ({ milestone_no: no } as MilestoneFigures);
  const county = owed({ office_code: '420102', level: 'county', milestone_no: 9, state: 'exempt' });
  const answer = {
    as_of: AS_OF, milestones: [column(1), column(9), column(34)],
    obligations: [onTime, late, missing, county],
  } as unknown as Deadlines;

  it('has a table per level with its own columns, the worst office first', () => {
    const [cities, counties] = matrices(answer, null);
    expect(cities?.columns.map((one) => one.milestone_no)).toEqual([1, 34]);
    expect(cities?.rows.map((row) => row.name)).toEqual(['武汉', '黄石', '十堰']);
    expect(cities?.rows[0]?.cells).toEqual([null, missing]);
    expect(counties?.rows.map((row) => row.code)).toEqual(['420102']);
  });
  it('rates a column by what is due and not exempt', () => {
    const [cities, counties] = matrices(answer, null);
    expect(cities && columnRate(cities, 1)).toEqual({ onTime: 0, due: 2 });
    expect(counties && columnRate(counties, 0)).toEqual({ onTime: 0, due: 0 });
  });
  it('leaves the offices to which a filter applies', () => {
    expect(matrices(answer, 'late').map((one) => one.rows.map((row) => row.name))).toEqual([['黄石']]);
    expect(matrices(answer, 'due_soon')).toEqual([]);
    expect(countBy(answer.obligations, AS_OF)).toMatchObject(
      { missing: 1, late: 1, on_time: 1, exempt: 1, returned: 1, extended: 0 });
  });
});

it('names the steps of reminders', () => {
  expect(['due-7', 'overdue', 'hand-2', 'x'].map(stepText)).toEqual(
    ['到期前 7 天', '到期未报', '人工第 2 次', 'x']);
});
