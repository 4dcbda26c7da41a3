// SPDX-License-Identifier: Apache-2.0
// The list behind a figure, page after page. Asked as of the figure's own instant, so that the
// list is what the figure was made of even while new records arrive.
import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue';
import { getLectures, getOtherItems, type Moment, type Query } from '../api/client';
import type { LectureItem, OtherItem, Page } from '../api/types';
import { createLoad, type Load } from './load';
import type { Members } from './route';

/* The sessions of a line of annex 2 are no items of one kind and have a list of their own. */
export type ItemMembers = Exclude<Members, { kind: 'annex' }>;

const PAGE = 100;

/* The query of the API for these members. */
export function membersQuery(members: ItemMembers, node: string): { kind: string; filter: Query } {
  const lecture = (filter: Query): { kind: string; filter: Query } =>
    ({ kind: 'lecture_event', filter: { ...filter, limit: PAGE } });
  switch (members.kind) {
    case 'coverage': return lecture({ node, breadth: members.breadth, counted: 'true' });
    case 'unit': return lecture({ unit: members.unit, breadth: members.breadth, counted: 'true' });
    case 'line': return lecture({ plan_item: members.line, counted: 'true' });
    case 'category': return lecture({ node, category: members.category, counted: 'true' });
    case 'sessions': return lecture({ node, counted: 'true' });
    case 'unplanned': return lecture({ node, counted: 'true', planned: 'no' });
    case 'plans': return { kind: 'plan_item', filter: { node, limit: PAGE } };
  }
}

export interface MemberList {
  load: Load<Page<LectureItem | OtherItem>>;
  lectures: ShallowRef<LectureItem[]>;
  joint: ShallowRef<LectureItem[]>; // held by others, claimed by an office of the node
  others: ShallowRef<OtherItem[]>;
  seen: ComputedRef<number>; // records read so far
  start(members: ItemMembers, node: string, moment: Moment): Promise<void>;
  more(): Promise<void>;
  clear(): void;
}

export function createMembers(): MemberList {
  const load = createLoad<Page<LectureItem | OtherItem>>();
  const lectures = shallowRef<LectureItem[]>([]);
  const joint = shallowRef<LectureItem[]>([]);
  const others = shallowRef<OtherItem[]>([]);
  const seen = computed(() => lectures.value.length + others.value.length);
  let at: { members: ItemMembers; node: string; moment: Moment } | null = null;

  function clear(): void {
    load.clear();
    lectures.value = [];
    joint.value = [];
    others.value = [];
    at = null;
  }

  async function fetchPage(after: string | null): Promise<void> {
    if (at === null) return;
    const { moment } = at;
    const { kind, filter } = membersQuery(at.members, at.node);
    await load.run(async (signal) => {
      const query = { ...filter, after };
      if (kind === 'lecture_event') {
        const page = await getLectures(query, moment, signal);
        if (signal.aborted) return page;
        lectures.value = [...lectures.value, ...page.items];
        joint.value = [...joint.value, ...page.joint ?? []];
        return page;
      }
      const page = await getOtherItems(kind, query, moment, signal);
      if (signal.aborted) return page;
      others.value = [...others.value, ...page.items];
      return page;
    });
  }

  return {
    load,
    lectures,
    joint,
    others,
    seen,
    clear,
    start: async (members, node, moment) => {
      clear();
      at = { members, node, moment };
      await fetchPage(null);
    },
    more: async () => {
      const next = load.data.value?.next ?? null;
      if (next !== null && !load.isLoading.value) await fetchPage(next);
    },
  };
}
