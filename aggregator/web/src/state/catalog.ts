// SPDX-License-Identifier: Apache-2.0
// The words of the record catalogue, read once: kinds, fields and their coded values.
import { computed } from 'vue';
import { getCatalog } from '../api/pages';
import type { Catalog, CatalogField } from '../api/types';
import { createLoad } from './load';

export const catalog = createLoad<Catalog>();

export function needCatalog(): void {
  if (catalog.data.value === null && !catalog.isLoading.value) void catalog.run(getCatalog);
}

const kinds = computed(() => new Map((catalog.data.value?.kinds ?? []).map((one) => [one.kind, one])));

export const kindList = computed(() => catalog.data.value?.kinds ?? []);

export function kindText(kind: string): string {
  return kinds.value.get(kind)?.label_zh ?? kind;
}

export function fieldOf(kind: string, name: string): CatalogField | null {
  return kinds.value.get(kind)?.fields.find((one) => one.name === name) ?? null;
}
