// SPDX-License-Identifier: Apache-2.0
// Reviews, statistics forms and the record catalogue.
import type { Level, NodeRef, Stamp } from './types';
import type { Verdict } from './typesDeadlines';

export interface CatalogField {
  name: string;
  label_zh: string;
  unit: string | null;
  values: Record<string, string>;
  columns: CatalogField[];
}

export interface CatalogKind {
  code: string;
  kind: string;
  label_zh: string;
  fields: CatalogField[];
}

export interface Catalog {
  kinds: CatalogKind[];
}

export type ReviewState = Verdict | 'disputed' | 'flagged' | 'any'; // flagged: with findings other than notes

export interface ReviewCounts {
  kind: string;
  pending: number;
  accepted: number;
  returned: number;
  rejected: number;
  disputed: number;
  flagged: number;
}

export interface ReviewSummary extends Stamp {
  node: NodeRef;
  kinds: ReviewCounts[]; // without lectures at the province
}

export interface ReviewItem {
  office_code: string;
  office_name: string | null;
  item_id: string;
  revision_id: string;
  title: string | null;
  op: string;
  correction_reason: string | null;
  findings: { code: string; text: string }[];
  depth: number;
  state: string;
  is_disputed: boolean;
  verdict: Verdict;
  reason: string | null;
  cure_on: string | null;
  reviewer: string | null;
  reviewed_at: string | null;
  received_at: string;
  author: string;
  on_behalf: boolean;
}

export interface ReviewList extends Stamp {
  kind: string;
  total: number;
  items: ReviewItem[];
  next: string | null;
}

export type Period = 'mid_year' | 'year_end';
export type FormState =
  'current' | 'incomplete' | 'proxy' | 'superseded' | 'withdrawn' | 'returned' | 'rejected';
export type Support = 'supported' | 'over_claimed' | 'under_claimed' | 'unsupported' | 'differs'
  | 'not_applicable' | 'not_answered' | 'not_derivable';
export type CellState = 'value' | 'zero' | 'not_applicable' | 'not_answered';

interface FormHead {
  office_code: string;
  office_name: string | null;
  item_id: string;
  revision_id: string | null;
  newest_revision_id: string;
  received_at: string | null;
  newest_received_at: string;
  state: FormState;
  verdict: Verdict;
  is_current: boolean;
  is_proxy: boolean;
  scope: 'own' | 'with_subordinates';
  period_start: string;
  period_end: string;
  filled_on: string;
  filled_by: string | null;
  approved_by: string | null;
  is_stamped: boolean | null;
  participation_total: number | null;
}

export interface FormListed extends FormHead {
  level: Level;
  scan_digest: string | null;
  findings: null;
  support: null;
}

export interface FormList extends Omit<Stamp, 'on'> {
  node: NodeRef;
  period: Period;
  forms: FormListed[];
  missing: { code: string; name_zh: string; level: Level }[];
  refused: {
    office_code: string;
    item_id: string | null;
    revision_id: string | null;
    received_at: string;
    code: string;
    field: string;
    text_zh: string;
  }[];
}

export interface FormCell {
  item_no: number;
  sub_field: string;
  section: string | null;
  item_zh: string | null;
  label_zh: string;
  unit: string | null;
  state: CellState;
  filled: string | null;
  evidence: string | null;
  support: Support;
  verification_factor: number | null;
  live_evidence: string | null;
  live_support: Support;
  proposed_count: number | null;
  reason: string | null;
  first_count: number | null; // of the first complete revision; null until one was accepted
  accepted_count: number | null;
  revision_rate: number | null;
}

export interface Finding {
  code: string;
  severity: 'reject' | 'explain' | 'note';
  item_no: number | null;
  sub_field: string | null;
  text_zh: string;
}

export interface OneForm extends Stamp, FormHead {
  period: Period | 'whole_year';
  cells: FormCell[];
  findings: Finding[];
}

export interface ConsolidatedRow {
  item_no: number;
  sub_field: string;
  section: string | null;
  label_zh: string;
  unit: string | null;
  value_type: 'count' | 'boolean' | 'text' | 'url' | 'percent' | 'ratio' | 'free';
  declared: {
    count: number | null;
    numerator: number | null;
    denominator: number | null;
    percent: string | null;
    true_count: number | null;
    reporting_count: number | null;
    accepted_count: number | null;
  };
  derived: {
    count: number | null;
    numerator: number | null;
    denominator: number | null;
    percent: string | null;
  };
  note: string | null;
}

export interface Consolidated extends Omit<Stamp, 'on'> {
  node: NodeRef;
  period: Period;
  members: {
    office_code: string;
    office_name: string;
    level: Level;
    role: 'own' | 'with_subordinates' | 'left_out' | 'none';
    item_id: string | null;
    revision_id: string | null;
    received_at: string | null;
    verdict: Verdict | null;
  }[];
  rows: ConsolidatedRow[] | null;
}
