// SPDX-License-Identifier: Apache-2.0
// What waits for a verdict, and the commands that give one.
import type { ReviewCounts, ReviewState } from '../api/types';

export const REVIEW_STATES: readonly ReviewState[] = [
  'pending', 'returned', 'rejected', 'disputed', 'flagged', 'accepted', 'any',
];

export const REVIEW_ZH: Record<ReviewState, string> = {
  pending: '待审', returned: '已退回', rejected: '不予采纳', disputed: '有争议', flagged: '有提示', accepted: '审核通过', any: '全部',
};

export function isReviewState(text: string | null): text is ReviewState {
  return text !== null && (REVIEW_STATES as readonly string[]).includes(text);
}

/* Papers and forms are what a reviewer is asked for; records of what was done count without. */
export const FIRST_KINDS: readonly string[] = [
  'submission', 'statistics_form', 'plan_item', 'office_profile', 'filing_receipt',
];

export function sortCounts(list: readonly ReviewCounts[]): ReviewCounts[] {
  const rank = (one: ReviewCounts): number => {
    const at = FIRST_KINDS.indexOf(one.kind);
    return at < 0 ? FIRST_KINDS.length : at;
  };
  return [...list].sort((a, b) => rank(a) - rank(b));
}

export function waitedDays(receivedAt: string, asOf: string): number {
  return Math.max(0, Math.floor((Date.parse(asOf) - Date.parse(receivedAt)) / 86_400_000));
}

export interface ReviewTarget {
  office: string;
  item: string;
  revision: string;
}

export function reviewCommand(word: 'accept' | 'return' | 'reject' | 'reopen' | 'pick',
  target: ReviewTarget): string {
  const tail = { accept: '', return: ' --reason 理由 --cure 整改期限', reject: ' --reason 理由',
    reopen: ' --reason 理由', pick: ' --reason 理由' }[word];
  return `zhibao-aggregator review ${word} --login 登录名 --office ${target.office} --item ${
    target.item} --revision ${target.revision}${tail}`;
}
