// SPDX-License-Identifier: Apache-2.0
// Typed calls of the overview: offices, coverage, completion and the records behind them.
import type {
  Completion, Coverage, Depth, ItemHistory, LectureItem, MapCollection, Offices, OtherItem, Page,
  ReceivedFile, Scope,
} from './types';
import { getJson, queryText, root, when, type Moment, type Query } from './http';

export { ApiError, asApiError, isAbort, queryText, type Moment, type Query } from './http';

export function getOffices(moment: Moment, signal?: AbortSignal): Promise<Offices> {
  return getJson(`${root}/offices${queryText(when(moment))}`, signal);
}

export function getCoverage(node: string, depth: Depth, moment: Moment, signal?: AbortSignal):
Promise<Coverage> {
  const query = { node, depth, on: moment.on, as_of: moment.asOf };
  return getJson(`${root}/coverage${queryText(query)}`, signal);
}

export function getCompletion(node: string, scope: Scope, moment: Moment, signal?: AbortSignal):
Promise<Completion> {
  const query = { node, scope, depth: 'children', on: moment.on, as_of: moment.asOf };
  return getJson(`${root}/completion${queryText(query)}`, signal);
}

export function getLectures(filter: Query, moment: Moment, signal?: AbortSignal):
Promise<Page<LectureItem>> {
  const query = { kind: 'lecture_event', ...filter, on: moment.on, as_of: moment.asOf };
  return getJson(`${root}/items${queryText(query)}`, signal);
}

export function getOtherItems(kind: string, filter: Query, moment: Moment, signal?: AbortSignal):
Promise<Page<OtherItem>> {
  const query = { kind, ...filter, on: moment.on, as_of: moment.asOf };
  return getJson(`${root}/items${queryText(query)}`, signal);
}

export function getItem(office: string, item: string, moment: Moment, signal?: AbortSignal):
Promise<ItemHistory> {
  const path = `${encodeURIComponent(office)}/${encodeURIComponent(item)}`;
  return getJson(`${root}/items/${path}${queryText(when(moment))}`,
    signal);
}

export function fileHref(file: ReceivedFile): string {
  return `${root}/files/${encodeURIComponent(file.office_code)}/${file.digest}`;
}

export function getMap(layer: 'cities' | 'counties', signal?: AbortSignal):
Promise<MapCollection> {
  return getJson(`${root}/map/${layer}.geojson`, signal);
}
