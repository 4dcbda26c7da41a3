// SPDX-License-Identifier: Apache-2.0
// Many answers of which each may take long, asked for a few at a time: every one is shown when it
// comes, and one that fails can be asked for again.
import { onBeforeUnmount, shallowReactive, watch } from 'vue';
import { ApiError, asApiError, isAbort } from '../api/client';

export type Each<T> = { data: T } | { error: ApiError };

const AT_ONCE = 2;

export interface EachLoad<T> {
  answers: ReadonlyMap<string, Each<T>>;
  retry(id: string): void;
}

/* key: what all answers depend on; null while nothing should be asked. ids in the order wanted. */
export function useEach<T>(key: () => string | null, ids: () => readonly string[],
  fetch: (id: string, signal: AbortSignal) => Promise<T>): EachLoad<T> {
  const answers = shallowReactive(new Map<string, Each<T>>());
  let control = new AbortController();
  let waiting: string[] = [];

  async function work(mine: AbortController): Promise<void> {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        const data = await fetch(id, mine.signal);
        if (mine.signal.aborted) return;
        answers.set(id, { data });
      } catch (cause) {
        if (mine.signal.aborted || isAbort(cause)) return;
        answers.set(id, { error: asApiError(cause) });
      }
    }
  }

  function stop(): void {
    control.abort();
    control = new AbortController();
    waiting = [];
    answers.clear();
  }

  watch(() => [key(), ids().join(' ')], ([now]) => {
    stop();
    if (now === null) return;
    waiting = [...ids()];
    for (let i = 0; i < AT_ONCE; i += 1) void work(control);
  }, { immediate: true });
  onBeforeUnmount(stop);

  return {
    answers,
    retry: (id) => {
      answers.delete(id);
      waiting.push(id);
      void work(control);
    },
  };
}
