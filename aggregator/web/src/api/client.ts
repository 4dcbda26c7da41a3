// SPDX-License-Identifier: Apache-2.0
// Typed client of the API. Every failure becomes an ApiError with a stable code and a Chinese
// sentence; an aborted request rejects with the browser's AbortError and is nobody's failure.
import type {
  Completion, Coverage, Depth, ItemHistory, LectureItem, MapCollection, Offices, OtherItem, Page,
  Scope,
} from './types';

const TIMEOUT_MS = 60_000;

export class ApiError extends Error {
  constructor(readonly code: string, message: string, readonly status: number) {
    super(message);
    this.name = 'ApiError';
  }
}

export interface Moment {
  on: string | null;
  asOf: string | null;
}

export type Query = Record<string, string | number | null | undefined>;

export function queryText(query: Query): string {
  const parts = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') parts.set(key, String(value));
  }
  const text = parts.toString();
  return text === '' ? '' : `?${text}`;
}

/* The server's own error envelope if it is one, else what the status says. */
async function failureOf(answer: Response): Promise<ApiError> {
  let body: unknown = null;
  try {
    body = await answer.json();
  } catch {
    body = null; // a front server's HTML page, or nothing
  }
  const error = (body as { error?: { code?: unknown; message?: unknown } } | null)?.error;
  if (typeof error?.code === 'string' && typeof error.message === 'string') {
    return new ApiError(error.code, error.message, answer.status);
  }
  return new ApiError(`E_HTTP_${answer.status}`, `服务返回状态 ${answer.status}，没有说明原因`,
    answer.status);
}

async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(), TIMEOUT_MS);
  const forward = (): void => timer.abort();
  signal?.addEventListener('abort', forward);
  if (signal?.aborted) timer.abort();
  try {
    const answer = await fetch(path, {
      signal: timer.signal,
      headers: { Accept: 'application/json' },
      credentials: 'same-origin',
    });
    if (!answer.ok) throw await failureOf(answer);
    try {
      return (await answer.json()) as T;
    } catch (cause) {
      if (timer.signal.aborted) throw cause;
      throw new ApiError('E_ANSWER_BAD', '服务的回答不是完整的 JSON', answer.status);
    }
  } catch (cause) {
    if (cause instanceof ApiError) throw cause;
    if (signal?.aborted) throw new DOMException('aborted', 'AbortError');
    if (timer.signal.aborted) {
      throw new ApiError('E_TIMEOUT', `等待超过 ${TIMEOUT_MS / 1000} 秒，服务没有回答`, 0);
    }
    throw new ApiError('E_NETWORK', '连不上汇总服务，请检查网络或服务是否在运行', 0);
  } finally {
    clearTimeout(timeout);
    signal?.removeEventListener('abort', forward);
  }
}

export function isAbort(cause: unknown): boolean {
  return cause instanceof DOMException && cause.name === 'AbortError';
}

export function asApiError(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause;
  return new ApiError('E_PAGE', cause instanceof Error ? cause.message : String(cause), 0);
}

/* Relative, so that the page also works below a path of a front server. */
const root = 'api/v1';

export function getOffices(moment: Moment, signal?: AbortSignal): Promise<Offices> {
  return getJson(`${root}/offices${queryText({ on: moment.on, as_of: moment.asOf })}`, signal);
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
  return getJson(`${root}/items/${path}${queryText({ on: moment.on, as_of: moment.asOf })}`,
    signal);
}

export function getMap(layer: 'cities' | 'counties', signal?: AbortSignal):
Promise<MapCollection> {
  return getJson(`${root}/map/${layer}.geojson`, signal);
}
