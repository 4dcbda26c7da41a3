// SPDX-License-Identifier: Apache-2.0
// One request slot: running it again aborts the request before, and an answer that comes late is
// dropped, so the page never shows figures of a view it has left.
import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue';
import { ApiError, asApiError, isAbort } from '../api/client';

export interface Load<T> {
  data: ShallowRef<T | null>;
  error: ShallowRef<ApiError | null>;
  startedAt: ShallowRef<number | null>; // milliseconds since 1970; null when nothing runs
  isLoading: ComputedRef<boolean>;
  run(fetcher: (signal: AbortSignal) => Promise<T>): Promise<void>;
  retry(): Promise<void>;
  cancel(): void; // gives up the request and says so
  clear(): void;
}

export function createLoad<T>(): Load<T> {
  const data = shallowRef<T | null>(null);
  const error = shallowRef<ApiError | null>(null);
  const startedAt = shallowRef<number | null>(null);
  let ticket = 0;
  let control: AbortController | null = null;
  let last: ((signal: AbortSignal) => Promise<T>) | null = null;

  function stop(): void {
    ticket += 1;
    control?.abort();
    control = null;
    startedAt.value = null;
  }

  async function run(fetcher: (signal: AbortSignal) => Promise<T>): Promise<void> {
    stop();
    const mine = ticket;
    const abort = new AbortController();
    control = abort;
    last = fetcher;
    error.value = null;
    startedAt.value = Date.now();
    try {
      const answer = await fetcher(abort.signal);
      if (mine !== ticket) return;
      data.value = answer;
    } catch (cause) {
      if (mine !== ticket || isAbort(cause)) return;
      data.value = null;
      error.value = asApiError(cause);
    } finally {
      if (mine === ticket) {
        control = null;
        startedAt.value = null;
      }
    }
  }

  return {
    data,
    error,
    startedAt,
    isLoading: computed(() => startedAt.value !== null),
    run,
    retry: async () => {
      if (last !== null) await run(last);
    },
    cancel: () => {
      if (startedAt.value === null) return;
      stop();
      if (data.value === null) error.value = new ApiError('E_CANCELLED', '已取消等待', 0);
    },
    clear: () => {
      stop();
      data.value = null;
      error.value = null;
      last = null;
    },
  };
}
