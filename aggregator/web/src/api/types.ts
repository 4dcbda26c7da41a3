// SPDX-License-Identifier: Apache-2.0
// Answers of the aggregator's HTTP API, contract v1. Instants are UTC text, dates are
// YYYY-MM-DD in Asia/Shanghai, percentages are text with two decimals or null (not applicable).
import type { Verdict } from './typesDeadlines';

export * from './typesDeadlines';
export * from './typesRecords';
export * from './typesFigures';
export * from './typesChecks';

export type Level = 'province' | 'city' | 'county' | 'province_unit';
export type Breadth = 'broad' | 'strict';
export type Base = 'all' | 'rural';
export type Scope = 'cities' | 'provincial' | 'all';
export type Depth = 'children' | 'counties';
export type Category = 'general' | 'enterprise' | 'campus' | 'village' | 'site' | 'system';

export interface Stamp {
  as_of: string;
  on: string;
  rule_version: string;
  register_version: number | null;
}

export interface Rate {
  numerator: number;
  denominator: number;
  percent: string | null;
}

export interface Office {
  code: string;
  parent_code: string | null;
  level: Level;
  name_zh: string;
  short_name: string;
  division_zh: string;
  division_kind: string;
  is_county_level: boolean; // true for four cities too: they have no counties
}

export interface Offices extends Stamp {
  programme: { id: string; name_zh: string; version: string | number; year: number };
  offices: Office[];
}

export interface NodeRef {
  code: string;
  name_zh: string;
  short_name: string;
  level: Level;
  is_county_level?: boolean;
}

export interface CoverageFigure extends Rate {
  breadth: Breadth;
  base: Base;
  is_official: boolean;
}

export interface CoverageChild extends NodeRef {
  figures: CoverageFigure[];
}

export type TownshipState = 'covered' | 'uncovered' | 'inherited_unproven';

export interface Township {
  unit_id: string | number;
  code: string;
  name_zh: string;
  kind: string;
  state: TownshipState;
  sessions_broad: number;
  sessions_strict: number;
  covered_broad: boolean;
  covered_strict: boolean;
  first_on: string | null;
  last_on: string | null;
}

export interface Coverage extends Stamp {
  node: NodeRef;
  official: { breadth: Breadth; base: Base };
  figures: CoverageFigure[];
  children: CoverageChild[];
  townships: Township[];
}

export interface CompletionFigures {
  completion: Rate & { lines: number };
  raw: Rate;
  ended_window: Rate & { lines: number };
  unquantified: { none: number; started: number; met: number };
  categories: Rate & { held: Category[] };
  sessions: number;
  sessions_by_category: Partial<Record<Category, number>>;
  unplanned_sessions: number;
  attendance: number;
}

export interface CompletionChild extends NodeRef, CompletionFigures {}

export interface PlanLine {
  plan_item_id: string;
  office_code: string;
  item_no: number;
  category: Category;
  theme: string;
  activity: string;
  window_start: string | null;
  window_end: string | null;
  planned_min: number | null;
  planned_max: number | null;
  held: number;
  counted: number | null;
  state: 'none' | 'started' | 'met';
  is_quantified: boolean;
  is_provincial: boolean; // a line of annex 2
  is_ended: boolean;
}

export interface Completion extends Stamp, CompletionFigures {
  node: NodeRef;
  scope: Scope;
  children: CompletionChild[];
  lines: PlanLine[];
}

export interface LectureItem {
  office_code: string;
  office_name: string;
  item_id: string;
  revision_id: string;
  depth: number;
  occurred_on: string;
  category: Category;
  theme: string;
  place: string;
  township_codes: string[];
  townships: string[];
  mode: 'offline' | 'online' | 'mixed';
  status: 'held' | 'planned' | 'cancelled';
  attendance: number | null;
  plan_item_id: string | null;
  is_counted: boolean;
  not_counted_why: string | null;
  covers: boolean;
  claimed_by: string[]; // short names of the offices of the node that claim a joint lecture
  received_at: string;
  recorded_at: string;
  author: string;
}

export interface OtherItem {
  office_code: string;
  item_id: string;
  revision_id: string;
  op: string;
  received_at: string;
  recorded_at: string;
  author: string;
  body: Record<string, unknown>;
}

export interface Page<T> extends Stamp {
  total?: number; // of lectures; other kinds are not counted ahead
  items: T[];
  joint?: LectureItem[]; // held elsewhere, claimed below the node, in no count; with the first page
  next: string | null;
}

export interface Review {
  verdict: Verdict;
  reason: string | null;
  remarks: { field: string; label?: string; text: string }[] | null;
  cure_on: string | null;
  reviewer: string;
  reviewed_at: string;
}

export interface Pick {
  revision_id: string;
  reason: string;
  picked_by: string;
  picked_at: string;
}

export interface Revision {
  revision_id: string;
  base_revision_id: string | null;
  op: string;
  depth: number;
  is_counting: boolean;
  recorded_at: string;
  received_at: string;
  author: string;
  author_office_code: string;
  correction_reason?: string | null;
  is_after_acceptance?: boolean;
  findings?: { code: string; severity: string; text: string }[];
  on_behalf: boolean;
  stream: {
    outbox_uuid: string | null;
    seq: number | null;
    batch_id: string | number | null;
    chain: string | null;
  } | null;
  review: Review | null; /* the one that holds, the last of the verdicts */
  verdicts: Review[];
  body: Record<string, unknown>;
}

export interface ReceivedFile {
  digest: string;
  office_code: string;
  name: string;
  size_bytes: number;
  arrived_at: string;
}

export interface ItemHistory extends Stamp {
  kind: string;
  office_code: string;
  item_id: string;
  files: ReceivedFile[];
  picks: Pick[];
  state: 'counting' | 'withdrawn' | 'disputed' | 'quarantined';
  revisions: Revision[];
}

export interface MapFeature {
  type: 'Feature';
  properties: { code: string; name: string };
  geometry: { type: string; coordinates: unknown };
}

export interface MapCollection {
  type: 'FeatureCollection';
  features: MapFeature[];
}
