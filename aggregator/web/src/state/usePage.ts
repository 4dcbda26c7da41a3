// SPDX-License-Identifier: Apache-2.0
// The requests of a page beside the overview: its main answer follows node, dates and the page's
// own choice, and sets the instant; what is opened from it waits for that instant.
import { computed, onBeforeUnmount, watch, type ComputedRef } from 'vue';
import type { Moment } from '../api/client';
import type { Stamp } from '../api/types';
import { createLoad, type Load } from './load';
import { pageStamp, refreshCount } from './pageStamp';
import { route } from './useRoute';
import { nodeCode, officeList, shownMoment } from './useView';

function dayOf(asOf: string): string {
  return new Date(Date.parse(asOf) + 8 * 3600 * 1000).toISOString().slice(0, 10);
}

type Stamped = Omit<Stamp, 'on'> & { on?: string };

/* choice: what else the answer depends on; null while it should not be asked. */
export function usePageLoad<T extends Stamped>(choice: () => string | null,
  fetch: (node: string, moment: Moment, signal: AbortSignal) => Promise<T>): Load<T> {
  const load = createLoad<T>();
  const key = computed(() => {
    const own = choice();
    if (own === null || nodeCode.value === null || officeList.value.length === 0) return null;
    return JSON.stringify([nodeCode.value, route.value.on, route.value.asOf, own, refreshCount.value]);
  });
  watch(key, (now) => {
    load.clear();
    const node = nodeCode.value;
    if (now === null || node === null) return;
    pageStamp.value = null;
    const moment = { on: route.value.on, asOf: route.value.asOf };
    void load.run((signal) => fetch(node, moment, signal));
  }, { immediate: true });
  watch(load.data, (answer) => {
    if (answer !== null) pageStamp.value = { ...answer, on: answer.on ?? dayOf(answer.as_of) };
  });
  onBeforeUnmount(() => {
    load.clear();
    pageStamp.value = null;
  });
  return load;
}

/* What is opened from a page: asked as of the page's instant, once that is known. */
export function useDetailLoad<T>(choice: () => string | null,
  fetch: (moment: Moment, signal: AbortSignal) => Promise<T>): Load<T> {
  const load = createLoad<T>();
  const key: ComputedRef<string | null> = computed(() => {
    const own = choice();
    return own === null || pageStamp.value === null ? null
      : JSON.stringify([own, shownMoment.value.on, shownMoment.value.asOf]);
  });
  watch(key, (now) => {
    load.clear();
    if (now !== null) void load.run((signal) => fetch(shownMoment.value, signal));
  }, { immediate: true });
  onBeforeUnmount(() => load.clear());
  return load;
}
