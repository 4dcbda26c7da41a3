// SPDX-License-Identifier: Apache-2.0
import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue';

/* True below the width at which the style sheet turns tables into cards. */
export function useNarrow(): Ref<boolean> {
  const isNarrow = ref(false);
  const media = window.matchMedia('(max-width: 760px)');
  const measure = (): void => {
    isNarrow.value = media.matches;
  };
  onMounted(() => {
    measure();
    media.addEventListener('change', measure);
  });
  onBeforeUnmount(() => media.removeEventListener('change', measure));
  return isNarrow;
}
