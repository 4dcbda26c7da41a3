// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Office, Revision } from '../src/api/types';
import { changedFields, fileOf } from '../src/lib/history';
import { findOffices, pathTo } from '../src/lib/search';

const office = (code: string, parent: string | null, level: Office['level'], short: string): Office => ({
  code, parent_code: parent, level, name_zh: `${short}人力资源和社会保障局`, short_name: short,
  division_zh: short, division_kind: '', is_county_level: level === 'county',
});
const LIST = [
  office('420000', null, 'province', '湖北'), office('420100', '420000', 'city', '武汉'),
  office('420102', '420100', 'county', '江岸区'), office('421000', '420000', 'city', '荆州'),
  office('421003', '421000', 'county', '荆州区'), office('421024', '421000', 'county', '江陵县'),
];

describe('finding an office', () => {
  it.each([
    ['江', ['江岸区', '江陵县']], ['荆州 江', ['江陵县']], ['荆州', ['荆州', '荆州区', '江陵县']],
    ['4201', ['武汉', '江岸区']], ['  ', []], ['火星', []],
  ])('%s', (text, names) => {
    expect(findOffices(LIST, text, 10).map((one) => one.short_name)).toEqual(names);
  });
  it('stops at the limit', () => expect(findOffices(LIST, '4', 2)).toHaveLength(2));
  it('knows the way from the top, and survives a circle', () => {
    expect(pathTo(LIST, '420102').map((one) => one.code)).toEqual(['420000', '420100', '420102']);
    expect(pathTo(LIST, '1')).toEqual([]);
    expect(pathTo([office('a', 'b', 'city', 'a'), office('b', 'a', 'city', 'b')], 'a')).toHaveLength(2);
  });
});

describe('changes between revisions', () => {
  const revision = (id: string, base: string | null, body: Record<string, unknown>): Revision => ({
    revision_id: id, base_revision_id: base, op: 'amend', depth: 1, is_counting: true,
    recorded_at: '', received_at: '', author: '', author_office_code: '', on_behalf: false,
    stream: null, review: null, verdicts: [], body,
  });
  const first = revision('1', null, { theme: 'a', attendance: 5, note: null });
  it('names the fields and their former values', () => {
    const second = revision('2', '1', { theme: 'a', attendance: 6, place: 'x' });
    expect([...changedFields(second, [first, second])]).toEqual([['attendance', 5], ['place', null]]);
  });
  it('is empty without a known base', () => {
    expect(changedFields(first, [first]).size).toBe(0);
    expect(changedFields(revision('3', '9', { theme: 'b' }), [first]).size).toBe(0);
  });
});

describe('the file a digest stands for', () => {
  const scan = { digest: 'ab12', office_code: '420102', name: '扫描件.pdf', size_bytes: 5, arrived_at: '2024-06-01T00:00:00Z' };
  it('is known once it has arrived', () => {
    expect([fileOf('\\xab12', [scan]), fileOf('\\xab13', [scan]), fileOf('ab12', [scan]), fileOf(null, [scan])])
      .toEqual([scan, null, null, null]);
  });
});
