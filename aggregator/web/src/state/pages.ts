// SPDX-License-Identifier: Apache-2.0
// A list that is read page by page.
import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue';
import { createLoad, type Load } from './load';

export interface Pages<A, I> {
  load: Load<A>; // the newest page
  items: ShallowRef<I[]>; // of all pages so far
  hasMore: ComputedRef<boolean>;
  start(fetch: (after: string | null, signal: AbortSignal) => Promise<A>): Promise<void>;
  more(): Promise<void>;
  clear(): void;
}

export function createPages<A extends { next: string | null }, I>(itemsOf: (answer: A) => I[]):
Pages<A, I> {
  const load = createLoad<A>();
  const items = shallowRef<I[]>([]);
  let ask: ((after: string | null, signal: AbortSignal) => Promise<A>) | null = null;

  async function read(after: string | null): Promise<void> {
    const fetch = ask;
    if (fetch === null) return;
    await load.run(async (signal) => {
      const answer = await fetch(after, signal);
      if (!signal.aborted) items.value = [...items.value, ...itemsOf(answer)];
      return answer;
    });
  }

  function clear(): void {
    load.clear();
    items.value = [];
    ask = null;
  }

  return {
    load,
    items,
    hasMore: computed(() => (load.data.value?.next ?? null) !== null),
    clear,
    start: async (fetch) => {
      clear();
      ask = fetch;
      await read(null);
    },
    more: async () => {
      const next = load.data.value?.next ?? null;
      if (next !== null && !load.isLoading.value) await read(next);
    },
  };
}
