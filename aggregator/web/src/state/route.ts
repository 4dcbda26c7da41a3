// SPDX-License-Identifier: Apache-2.0
// The whole view is in the address: #/420100?on=2024-11-30&figure=completion&open=unit.12.broad
// A link reproduces what its sender saw; going back undoes one step. Pure: text in, value out.
import type { Breadth, Category, Depth, Scope, TownshipState } from '../api/types';
import { isDate, isInstant } from '../lib/format';
import { CATEGORIES } from '../lib/labels';
import { isFigure, isSort, type FigureKey, type SortKey } from '../lib/rank';

/* What the drawer lists. */
export type Members =
  | { kind: 'coverage'; breadth: Breadth }
  | { kind: 'unit'; unit: string; breadth: Breadth }
  | { kind: 'line'; line: string }
  | { kind: 'category'; category: Category }
  | { kind: 'sessions' }
  | { kind: 'unplanned' }
  | { kind: 'plans' };

export interface ItemRef {
  office: string;
  item: string;
}

export interface Route {
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
}

export const HOME: Route = {
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
};

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
    case 'line': return `line.${members.line}`;
    case 'category': return `category.${members.category}`;
    default: return members.kind;
  }
}

function parseItem(text: string | null): ItemRef | null {
  const [office, item, more] = (text ?? '').split('.');
  if (office === undefined || item === undefined || more !== undefined) return null;
  return ID.test(office) && ID.test(item) ? { office, item } : null;
}

/* Anything not understood falls back to its default: an old link still opens. Dates are the
 * exception only in form: an impossible date is dropped, never silently moved to another day. */
export function parseRoute(hash: string): Route {
  const text = hash.replace(/^#\/?/, '');
  const mark = text.indexOf('?');
  const node = mark < 0 ? text : text.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : text.slice(mark + 1));
  const on = query.get('on');
  const asOf = query.get('as_of');
  const figure = query.get('figure') ?? '';
  const sort = query.get('sort') ?? '';
  const plan = query.get('plan');
  const town = query.get('town');
  const open = parseMembers(query.get('open'));
  return {
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
  const text = query.toString().replace(/%3A/g, ':');
  return `#/${route.node ?? ''}${text === '' ? '' : `?${text}`}`;
}

/* Another node keeps the dates, the chosen figure and the order, and closes what was open. */
export function atNode(route: Route, node: string | null): Route {
  return { ...route, node, depth: 'children', plan: null, town: null, open: null, item: null };
}
