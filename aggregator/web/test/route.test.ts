// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { atNode, atView, HOME, parseRoute, routeText, type Route } from '../src/state/route';
import { membersQuery } from '../src/state/members';

const FULL: Route = {
  view: 'deadlines',
  node: '420102',
  on: '2024-11-30',
  asOf: '2024-11-30T16:00:00.123456Z',
  figure: 'completion',
  depth: 'counties',
  sort: 'gap',
  plan: 'all',
  town: 'uncovered',
  open: { kind: 'unit', unit: '17', breadth: 'strict' },
  item: { office: '420102', item: '0190163d-8694-739b-aea5-966c26f8ad91' },
  tab: 'frozen',
  state: 'missing',
  kind: 'year_end',
  pick: 'I-03',
  part: 'mid_year.item:12.sessions',
  date: '2024-11-30',
};

describe('the address', () => {
  it('reproduces a view', () => {
    expect(parseRoute(routeText(FULL))).toEqual(FULL);
    expect(parseRoute(routeText(HOME))).toEqual(HOME);
  });
  it('is short where nothing was chosen', () => {
    expect(routeText(HOME)).toBe('#/');
    expect(routeText({ ...HOME, node: '420100' })).toBe('#/420100');
    expect(routeText({ ...HOME, asOf: '2024-11-30T16:00:00+08:00' }))
      .toBe('#/?as_of=2024-11-30T16:00:00%2B08:00');
  });
  it.each(['coverage.broad', 'coverage.strict', 'unit.a1.broad', 'line.0190163d-8694', 'annex.0190163d', 'category.village',
    'sessions', 'unplanned', 'plans'])('keeps the drawer %s', (open) => {
    expect(routeText(parseRoute(`#/420000?open=${open}`))).toBe(`#/420000?open=${open}`);
  });
  it.each(['', '#', '#/', '#/?', '#/?on=2024-02-30', '#/?as_of=yesterday', '#/?figure=none', '#/?open=unit.1',
    '#/?open=category.pub', '#/?item=1', '#/?item=a.b.c', '#/<script>', '#/?town=gone&plan=x&sort=y'])(
    'falls back to the usual view for %s', (hash) => {
      expect(parseRoute(hash)).toEqual(HOME);
    });
  it('keeps page, dates, figure and order on the way to another node and closes the rest', () => {
    expect(atNode(FULL, '420100')).toEqual({
      ...HOME, view: 'deadlines', node: '420100', on: FULL.on, asOf: FULL.asOf, figure: 'completion',
      sort: 'gap', tab: 'frozen', state: 'missing', kind: 'year_end', date: '2024-11-30',
    });
  });
  it('keeps node and dates on the way to another page', () => {
    expect(atView(FULL, 'overview')).toEqual({
      ...HOME, view: 'overview', node: '420102', on: FULL.on, asOf: FULL.asOf,
    });
  });
  it('names the page before the node', () => {
    expect(routeText({ ...HOME, view: 'deadlines' })).toBe('#/deadlines/');
    expect(parseRoute('#/deadlines/')).toEqual({ ...HOME, view: 'deadlines' });
    expect(parseRoute('#/deadlines')).toEqual({ ...HOME, view: 'deadlines' });
    expect(parseRoute('#/deadlines/420100?state=returned&pick=<b>').pick).toBeNull();
    expect(parseRoute('#/nothing/420100')).toEqual(HOME);
  });
});

describe('the query behind a figure', () => {
  it.each([
    [{ kind: 'coverage', breadth: 'broad' }, { node: 'N', breadth: 'broad', counted: 'true', limit: 100 }],
    [{ kind: 'unit', unit: '7', breadth: 'strict' },
      { unit: '7', breadth: 'strict', counted: 'true', limit: 100 }],
    [{ kind: 'line', line: 'L' }, { plan_item: 'L', counted: 'true', limit: 100 }],
    [{ kind: 'category', category: 'site' },
      { node: 'N', category: 'site', counted: 'true', limit: 100 }],
    [{ kind: 'unplanned' }, { node: 'N', counted: 'true', planned: 'no', limit: 100 }],
  ] as const)('%j', (members, filter) => {
    expect(membersQuery(members, 'N')).toEqual({ kind: 'lecture_event', filter });
  });
  it('lists plan lines for the completion rate', () => {
    expect(membersQuery({ kind: 'plans' }, 'N').kind).toBe('plan_item');
  });
});
