// SPDX-License-Identifier: Apache-2.0
// Inspection draws, effect sheets, the baseline plan, coverage while offices are silent.
import type { IndicatorFigure } from './typesFigures';
import type { Category, LectureItem, Level, NodeRef, Rate, Scope, Stamp } from './types';

export interface DrawFacts {
  missing: number;
  late: number;
  units: number;
  uncovered: number;
  sessions: number;
  burst: number;
  twins: number;
  support_percent: number | null;
}

export interface DrawMember {
  code: string;
  name_zh: string;
  stratum: string;
  weight: number;
  facts: Partial<DrawFacts>;
}

export interface DrawResult {
  office_code: string;
  item_id: string;
  inspected_office_code: string | null; // null: the record of the draw itself
  checked_on: string | null;
  result: string | null;
  rectification_due_on: string | null;
  rectification_closed_on: string | null;
}

/* What was published by an instant: until it is drawn there is no seed and no sample. */
export interface DrawEntry {
  draw_id: number;
  scheme: string;
  scheme_zh: string;
  occasion: string | null;
  commitment: string;
  population_digest: string;
  as_of: string;
  committed_by: string;
  committed_at: string;
  population_count: number;
  seed: string | null;
  sample_size: number | null;
  per_city: number | null;
  cities: number | null;
  run_by: string | null;
  run_at: string | null;
  sample: { code: string; name_zh: string; place: number; key: string }[] | null;
  results: DrawResult[];
  not_counted: DrawResult[]; // they name the seed, but not by who was to inspect, or of another scheme
}

/* The file of one draw, with the list it was drawn from. */
export interface Draw extends DrawEntry {
  population: DrawMember[] | null;
}

export interface DrawList extends Omit<Stamp, 'on'> {
  draws: DrawEntry[];
  schemes: { scheme: string; scheme_zh: string; levels: Level[] }[];
}

export interface EffectFigure extends IndicatorFigure {
  id: string;
  indicator_zh: string;
  missing_zh: string | null; // why there is no figure
}

export interface EffectSheet extends Stamp {
  node: NodeRef;
  figures: EffectFigure[];
}

export interface BaselineOffice {
  office_code: string;
  baseline_at: string;
  is_late: boolean; // the plan came after its due instant
  baseline: Rate;
  baseline_lines: number;
  current: Rate;
  current_lines: number;
  added: number; // lines that came after the baseline
  dropped: number;
  raised: number;
  lowered: number;
}

export interface BaselineLine {
  plan_item_id: string;
  item_no: number;
  category: Category;
  theme: string;
  window_end: string | null;
  is_baseline: boolean;
  baseline_min: number | null;
  is_current: boolean;
  current_min: number | null;
  held: number;
}

/* What was made or published for a line. */
export interface AnnexWork {
  kind: 'media_product' | 'publication';
  office_code: string;
  item_id: string;
  done_on: string;
  word_zh: string; // sort of the work, channel of the publication
  title: string;
  printed_copies: number | null;
  received: number | null; // offices that have its file, of offices
  offices: number | null;
}

export interface AnnexLine {
  plan_item_id: string;
  row_no: number;
  office_code: string;
  category: Category;
  theme: string;
  held: number;
  time_text: string;
  window_start: string;
  window_end: string;
  months: { month: string; held: number; outside_window: number }[];
  before_start: number;
  outside_window: number;
  place: string | null;
  mode: 'offline' | 'online' | 'mixed' | 'either' | null; // what the plan asks for
  is_mode_met: boolean | null;
  modes: { offline: number; online: number; mixed: number; none: number };
  audience: string | null; // in the words of the plan
  audiences: { audience: string; label_zh: string; sessions: number }[];
  works: AnnexWork[]; // oldest first
}

/* The lines of annex 2: when, how and for whom their sessions were held. */
export interface Annex extends Stamp {
  node: NodeRef;
  lines: AnnexLine[];
}

export interface AnnexSession {
  kind: 'lecture_event' | 'study_event';
  office_code: string;
  office_name: string;
  item_id: string;
  revision_id: string;
  occurred_on: string;
  theme: string;
  place: string | null;
  mode: LectureItem['mode'] | null;
  audiences: string[];
  is_before_start: boolean;
  is_outside_window: boolean;
}

export interface AnnexSessions extends Stamp {
  line: { plan_item_id: string; row_no: number; theme: string };
  total: number;
  items: AnnexSession[];
  next: string | null;
}

export interface PlanCut {
  office_code: string;
  plan_item_id: string;
  revision_id: string;
  received_at: string;
  change: 'lowered' | 'withdrawn';
  planned_before: number | null;
  planned_after: number | null;
  is_in_force: boolean;
}

export interface Baseline extends Stamp {
  node: NodeRef;
  scope: Scope;
  baseline: Rate;
  current: Rate;
  offices: BaselineOffice[];
  lines: BaselineLine[];
  cuts: PlanCut[];
}

export interface CoverageInterval extends Stamp {
  node: NodeRef;
  low: Rate;
  high: Rate;
  unheard: { code: string; name_zh: string }[];
}
