// SPDX-License-Identifier: Apache-2.0
// What the page beside the overview shows is as of one instant, that of its main answer: the
// footer names it, and whatever is opened from the page is asked as of the same.
import { ref, shallowRef } from 'vue';
import type { Stamp } from '../api/types';

export const pageStamp = shallowRef<Stamp | null>(null);
export const refreshCount = ref(0);

export function refreshPage(): void {
  refreshCount.value += 1;
}
