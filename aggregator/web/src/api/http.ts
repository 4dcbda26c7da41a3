// SPDX-License-Identifier: Apache-2.0
// One way to the API. Every failure becomes an ApiError with a stable code and a Chinese
// sentence; an aborted request rejects with the browser's AbortError and is nobody's failure.

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

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
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
export const root = 'api/v1';

/* The moment as parameters. */
export function when(moment: Moment): Query {
  return { on: moment.on, as_of: moment.asOf };
}
