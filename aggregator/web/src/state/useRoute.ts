// SPDX-License-Identifier: Apache-2.0
// The one route of the page, bound to the address bar.
import { computed, shallowRef } from 'vue';
import {
  atNode, atView, parseRoute, routeText, type ItemRef, type Members, type Route, type View,
} from './route';

const current = shallowRef<Route>(parseRoute(window.location.hash));

window.addEventListener('hashchange', () => {
  current.value = parseRoute(window.location.hash);
});

/* A step the reader would want to undo is pushed; a mere setting replaces its predecessor. */
function show(next: Route, push: boolean): void {
  const text = routeText(next);
  if (text === routeText(current.value)) return;
  if (push) window.history.pushState(null, '', text);
  else window.history.replaceState(null, '', text);
  current.value = next;
}

window.addEventListener('popstate', () => {
  current.value = parseRoute(window.location.hash);
});

export const route = computed<Route>(() => current.value);

export function goNode(node: string | null): void {
  show(atNode(current.value, node), true);
  window.scrollTo({ top: 0 });
}

export function nodeHref(node: string | null): string {
  return routeText(atNode(current.value, node));
}

export function goView(view: View): void {
  show(atView(current.value, view), true);
  window.scrollTo({ top: 0 });
}

export function viewHref(view: View): string {
  return routeText(atView(current.value, view));
}

/* Opens something of the page the reader is on. */
export function pick(change: Pick<Partial<Route>, 'pick' | 'part' | 'item'>): void {
  show({ ...current.value, item: null, part: null, ...change }, true);
}

export function closePick(): void {
  show({ ...current.value, pick: null, part: null, item: null }, true);
}

export function setRoute(change: Partial<Route>): void {
  show({ ...current.value, ...change }, false);
}

export function setMoment(change: { on?: string | null; asOf?: string | null }): void {
  show({ ...current.value, ...change }, true);
}

export function openMembers(open: Members): void {
  show({ ...current.value, open, item: null }, true);
}

export function openItem(item: ItemRef): void {
  show({ ...current.value, item }, true);
}

export function closeItem(): void {
  show({ ...current.value, item: null }, true);
}

export function closeMembers(): void {
  show({ ...current.value, open: null, item: null }, true);
}
