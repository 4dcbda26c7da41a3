// SPDX-License-Identifier: Apache-2.0
// Deadlines (docs/deadlines.md): what is owed, how it stands, and its logs.
import type { Level, NodeRef, Rate, Stamp } from './types';

export type ObligationState = 'exempt' | 'not_due' | 'on_time' | 'late' | 'missing';
export type Verdict = 'pending' | 'accepted' | 'returned' | 'rejected';

export interface MilestoneFigures {
  milestone_no: number | null; // null: all of them
  material: string | null;
  due_on: string | null;
  source_line: string | null;
  due: number;
  on_time: number;
  late: number;
  missing: number;
  not_due: number;
  exempt: number;
  extended_after_due: number;
  accepted: number;
  returned: number;
  received_early: number;
  timeliness: Rate;
  completeness: Rate;
  accepted_rate: Rate;
}

interface Standing {
  office_code: string;
  office_name: string;
  milestone_no: number;
  material: string;
  to_office_code: string;
  due_on: string;
  deadline: string; // the effective one, in words
  state: ObligationState;
  days_late: number | null;
  days_overdue: number | null;
  received_at: string | null;
  review_state: Verdict | null;
  substance_on: string | null;
  is_substance_late: boolean | null;
  is_extended_after_due: boolean;
  is_corrected_late: boolean;
  exempt_reason: string | null;
  call: { name: string | null; contact: string | null };
}

export interface Obligation extends Standing {
  short_name: string;
  level: Level;
  due_at: string;
  effective_at: string;
  is_due: boolean;
  item_id: string | null;
  revision_id: string | null;
  received_item_id: string | null;
  received_revision_id: string | null;
  extended_until: string | null;
  reminder: { step: string; made_at: string; is_delivered: boolean } | null;
}

export interface Deadlines extends Stamp {
  rules: { shift: string };
  node: NodeRef;
  total: MilestoneFigures;
  milestones: MilestoneFigures[];
  obligations: Obligation[];
}

export interface RecordRef {
  item_id: string;
  revision_id: string;
}

export interface Grant {
  reason: string;
  granted_by: string;
  granter_office_code: string;
  granted_at: string;
  withdrawn_by: string | null;
  withdrawn_at: string | null;
  withdraw_reason: string | null;
}

export interface ObligationDetail extends Stamp, Standing {
  source_line: string | null;
  received: RecordRef | null;
  newest: RecordRef | null;
  extensions: (Grant & { until: string; until_at: string })[];
  exemptions: Grant[];
  reminders: {
    step: string;
    due_at: string;
    made_at: string;
    made_by: string; // empty: made by the clock
    responsible_name: string | null;
    text: string;
    is_delivered: boolean;
  }[];
}

export interface FilingOffice {
  code: string;
  name_zh: string;
  short_name: string;
  milestone_no: number;
  state: ObligationState;
  days_late: number | null;
  effective_at: string;
  received_at: string | null;
  confirmation: string | null;
  is_confirmed: boolean | null;
  filing_no: string | null;
  reason: string | null;
  filed_on: string | null;
  answered_at: string | null;
  receipt_item_id: string | null;
  states: Record<string, ObligationState> | null;
}

export interface FilingCity {
  code: string;
  name_zh: string;
  short_name: string;
  counties: number;
  on_time: number;
  late: number;
  missing: number;
  returned: number;
  unconfirmed: number;
  filed: Rate;
  accepted: Rate;
  offices: FilingOffice[];
}

export interface FilingMatrix extends Stamp {
  node: NodeRef;
  cities: FilingCity[];
}
