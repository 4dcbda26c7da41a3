// SPDX-License-Identifier: Apache-2.0
// What the page shows for its route: the office list once, then coverage and completion of the
// node, both as of the same instant.
import { computed, watch } from 'vue';
import { getCompletion, getCoverage, getOffices, type Moment } from '../api/client';
import type { Completion, Coverage, Depth, Office, Offices, Scope } from '../api/types';
import { isPast } from '../lib/format';
import { isCoverageFigure } from '../lib/rank';
import { pathTo } from '../lib/search';
import { createLoad } from './load';
import { pageStamp, refreshPage } from './pageStamp';
import { route } from './useRoute';

export const offices = createLoad<Offices>();
export const coverage = createLoad<Coverage>();
export const completion = createLoad<Completion>();

export const officeList = computed<readonly Office[]>(() => offices.data.value?.offices ?? []);
export const rootCode = computed(() =>
  officeList.value.find((one) => one.parent_code === null)?.code ?? null);
export const nodeCode = computed(() => route.value.node ?? rootCode.value);
export const node = computed<Office | null>(() =>
  officeList.value.find((one) => one.code === nodeCode.value) ?? null);
export const path = computed(() =>
  nodeCode.value === null ? [] : pathTo(officeList.value, nodeCode.value));
export const officeNames = computed(() =>
  new Map(officeList.value.map((one) => [one.code, one.short_name])));

/* Offices that appear with townships instead of children. Four cities have no counties. */
export const isCountyLevel = computed(() => node.value?.is_county_level === true
  || node.value?.level === 'county');
export const isProvince = computed(() => node.value?.level === 'province');
export const isProvinceUnit = computed(() => node.value?.level === 'province_unit');

/* The 103 county-level divisions at once: at the province, and for coverage only, since plans are
 * added up along the office tree. */
export const depth = computed<Depth>(() =>
  (isProvince.value && isCoverageFigure(route.value.figure) ? route.value.depth : 'children'));

/* The dates of the answer on the screen: whatever is opened from it is asked as of these. */
export const shownMoment = computed<Moment>(() => {
  const answer = route.value.view === 'overview' ? coverage.data.value ?? completion.data.value
    : pageStamp.value;
  return answer === null
    ? { on: route.value.on, asOf: route.value.asOf }
    : { on: answer.on, asOf: answer.as_of };
});

/* A past instant was chosen: what is shown may have changed since. */
export const isPastShown = computed(() => isPast(route.value.asOf, Date.now()));

function headlineScope(): Scope {
  return isProvinceUnit.value ? 'provincial' : 'cities';
}

function loadCoverage(code: string, depth: Depth, moment: Moment): void {
  void coverage.run((signal) => getCoverage(code, depth, moment, signal));
}

function loadCompletion(code: string, moment: Moment): void {
  const scope = headlineScope();
  void completion.run((signal) => getCompletion(code, scope, moment, signal));
}

export function startView(): void {
  void offices.run((signal) => getOffices({ on: null, asOf: null }, signal));

  const key = computed(() => {
    if (officeList.value.length === 0 || nodeCode.value === null) return null;
    if (route.value.view !== 'overview') return null;
    return [nodeCode.value, route.value.on ?? '', route.value.asOf ?? ''].join('|');
  });
  watch(key, (now) => {
    coverage.clear();
    completion.clear();
    if (now === null || nodeCode.value === null) return;
    const moment = { on: route.value.on, asOf: route.value.asOf };
    if (!isProvinceUnit.value) loadCoverage(nodeCode.value, depth.value, moment);
    loadCompletion(nodeCode.value, moment);
  }, { immediate: true });

  /* Only the children differ: the figures on the screen stay, and so does their instant. */
  watch(depth, (now) => {
    if (nodeCode.value === null || coverage.data.value?.node.code !== nodeCode.value) return;
    loadCoverage(nodeCode.value, now, shownMoment.value);
  });

  /* With as_of left open each request is answered as of its own newest instant. When a fold
   * fell between the two, the older one is asked again as of the newer, or two figures on one
   * screen would speak of different moments. Once per instant: if the server then writes the
   * instant in another way, the footer shows both rather than the page asking for ever. */
  let alignedTo: string | null = null;
  watch([coverage.data, completion.data], ([cover, complete]) => {
    if (cover === null || complete === null || route.value.asOf !== null) return;
    if (nodeCode.value === null || cover.as_of === complete.as_of) return;
    const isCoverOlder = Date.parse(cover.as_of) < Date.parse(complete.as_of);
    const newer = isCoverOlder ? complete : cover;
    if (newer.as_of === alignedTo) return;
    alignedTo = newer.as_of;
    const moment = { on: route.value.on, asOf: newer.as_of };
    if (isCoverOlder) loadCoverage(nodeCode.value, depth.value, moment);
    else loadCompletion(nodeCode.value, moment);
  });
}

/* Asks again for what is on the screen, for example after a night with the page left open. */
export function refreshView(): void {
  if (nodeCode.value === null) {
    void offices.retry();
    return;
  }
  if (route.value.view !== 'overview') {
    refreshPage();
    return;
  }
  const moment = { on: route.value.on, asOf: route.value.asOf };
  if (!isProvinceUnit.value) loadCoverage(nodeCode.value, depth.value, moment);
  loadCompletion(nodeCode.value, moment);
}
