// SPDX-License-Identifier: Apache-2.0
// The whole view is in the address: #/420100?on=2024-11-30&figure=completion&open=unit.12.broad
// Pages beside the overview stand before the node: #/deadlines/420100?state=missing
// A link reproduces what its sender saw; going back undoes one step. Pure: text in, value out.
import type { Breadth, Category, Depth, Scope, TownshipState } from '../api/types';
import { isDate, isInstant } from '../lib/format';
import { CATEGORIES } from '../lib/labels';
import { isFigure, isSort, type FigureKey, type SortKey } from '../lib/rank';

export const VIEWS = ['overview', 'deadlines', 'reviews', 'forms', 'figures', 'draws', 'reports'] as const;
export type View = (typeof VIEWS)[number];

/* What the drawer lists. */
export type Members =
  | { kind: 'coverage'; breadth: Breadth }
  | { kind: 'unit'; unit: string; breadth: Breadth }
  | { kind: 'line'; line: string }
  | { kind: 'annex'; line: string } // a line of annex 2: its lectures and study events
  | { kind: 'category'; category: Category }
  | { kind: 'sessions' }
  | { kind: 'unplanned' }
  | { kind: 'plans' };

export interface ItemRef {
  office: string;
  item: string;
}

export interface Route {
  view: View;
  node: string | null; // null: the root of the programme
  on: string | null;
  asOf: string | null;
  figure: FigureKey;
  depth: Depth;
  sort: SortKey;
  plan: Scope | null; // null: the node's usual tab
  town: TownshipState | null;
  open: Members | null;
  item: ItemRef | null;
  /* What a page beside the overview shows; each page knows its own words and ignores others. */
  tab: string | null;
  state: string | null;
  kind: string | null;
  pick: string | null; // what its drawer shows
  part: string | null;
  date: string | null;
}

export const HOME: Route = {
  view: 'overview',
  node: null,
  on: null,
  asOf: null,
  figure: 'broad-all',
  depth: 'children',
  sort: 'rank',
  plan: null,
  town: null,
  open: null,
  item: null,
  tab: null,
  state: null,
  kind: null,
  pick: null,
  part: null,
  date: null,
};

const WORD = /^[a-z_]{1,40}$/;
const PICK = /^[0-9A-Za-z_.:-]{1,120}$/;
const ID = /^[0-9A-Za-z_-]{1,64}$/;

function parseBreadth(text: string | undefined): Breadth | null {
  return text === 'broad' || text === 'strict' ? text : null;
}

export function parseMembers(text: string | null): Members | null {
  if (text === null) return null;
  const [kind, first, second] = text.split('.');
  switch (kind) {
    case 'coverage': {
      const breadth = parseBreadth(first);
      return breadth === null ? null : { kind, breadth };
    }
    case 'unit': {
      const breadth = parseBreadth(second);
      if (first === undefined || !ID.test(first) || breadth === null) return null;
      return { kind, unit: first, breadth };
    }
    case 'line':
    case 'annex':
      return first !== undefined && ID.test(first) ? { kind, line: first } : null;
    case 'category': {
      const category = CATEGORIES.find((one) => one === first);
      return category === undefined ? null : { kind, category };
    }
    case 'sessions':
    case 'unplanned':
    case 'plans':
      return { kind };
    default:
      return null;
  }
}

export function membersText(members: Members): string {
  switch (members.kind) {
    case 'coverage': return `coverage.${members.breadth}`;
    case 'unit': return `unit.${members.unit}.${members.breadth}`;
    case 'line':
    case 'annex': return `${members.kind}.${members.line}`;
    case 'category': return `category.${members.category}`;
    default: return members.kind;
  }
}

function parseItem(text: string | null): ItemRef | null {
  const [office, item, more] = (text ?? '').split('.');
  if (office === undefined || item === undefined || more !== undefined) return null;
  return ID.test(office) && ID.test(item) ? { office, item } : null;
}

function isView(text: string): text is View {
  return (VIEWS as readonly string[]).includes(text);
}

function matching(text: string | null, pattern: RegExp): string | null {
  return text !== null && pattern.test(text) ? text : null;
}

/* Anything not understood falls back to its default: an old link still opens. Dates are the
 * exception only in form: an impossible date is dropped, never silently moved to another day. */
export function parseRoute(hash: string): Route {
  const text = hash.replace(/^#\/?/, '');
  const mark = text.indexOf('?');
  const path = (mark < 0 ? text : text.slice(0, mark)).split('/');
  const view = isView(path[0] ?? '') ? path.shift() as View : HOME.view;
  const node = path.length > 1 ? '' : path[0] ?? '';
  const query = new URLSearchParams(mark < 0 ? '' : text.slice(mark + 1));
  const on = query.get('on');
  const asOf = query.get('as_of');
  const figure = query.get('figure') ?? '';
  const sort = query.get('sort') ?? '';
  const plan = query.get('plan');
  const town = query.get('town');
  const open = parseMembers(query.get('open'));
  const date = query.get('date');
  return {
    view,
    node: ID.test(node) ? node : null,
    on: on !== null && isDate(on) ? on : null,
    asOf: asOf !== null && (isDate(asOf) || isInstant(asOf)) ? asOf : null,
    figure: isFigure(figure) ? figure : HOME.figure,
    depth: query.get('depth') === 'counties' ? 'counties' : 'children',
    sort: isSort(sort) ? sort : HOME.sort,
    plan: plan === 'cities' || plan === 'provincial' || plan === 'all' ? plan : null,
    town: town === 'covered' || town === 'uncovered' || town === 'inherited_unproven' ? town : null,
    open,
    item: parseItem(query.get('item')),
    tab: matching(query.get('tab'), WORD),
    state: matching(query.get('state'), WORD),
    kind: matching(query.get('kind'), WORD),
    pick: matching(query.get('pick'), PICK),
    part: matching(query.get('part'), PICK),
    date: date !== null && isDate(date) ? date : null,
  };
}

/* Only what differs from the default is written, in a fixed order, so that equal views have
 * equal addresses. */
export function routeText(route: Route): string {
  const query = new URLSearchParams();
  const put = (key: string, value: string | null, usual: string | null): void => {
    if (value !== null && value !== usual) query.set(key, value);
  };
  put('on', route.on, null);
  put('as_of', route.asOf, null);
  put('figure', route.figure, HOME.figure);
  put('depth', route.depth, HOME.depth);
  put('sort', route.sort, HOME.sort);
  put('plan', route.plan, null);
  put('town', route.town, null);
  put('open', route.open === null ? null : membersText(route.open), null);
  put('item', route.item === null ? null : `${route.item.office}.${route.item.item}`, null);
  put('tab', route.tab, null);
  put('state', route.state, null);
  put('kind', route.kind, null);
  put('pick', route.pick, null);
  put('part', route.part, null);
  put('date', route.date, null);
  const text = query.toString().replace(/%3A/g, ':');
  const view = route.view === HOME.view ? '' : `${route.view}/`;
  return `#/${view}${route.node ?? ''}${text === '' ? '' : `?${text}`}`;
}

/* Another node keeps the page, the dates, the chosen figure and the order, and closes what was
 * open. */
export function atNode(route: Route, node: string | null): Route {
  return {
    ...route, node, depth: 'children', plan: null, town: null, open: null, item: null, pick: null,
    part: null,
  };
}

/* Another page keeps the node and the dates. */
export function atView(route: Route, view: View): Route {
  return { ...HOME, view, node: route.node, on: route.on, asOf: route.asOf };
}
