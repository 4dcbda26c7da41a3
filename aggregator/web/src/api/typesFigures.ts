// SPDX-License-Identifier: Apache-2.0
// Indicators, frozen figures and their differences, reports.
import type { Level, NodeRef, Stamp } from './types';

export interface IndicatorDefinition {
  id: string;
  name_zh: string;
  formula_zh: string;
  unit: string;
  target: string | null;
  source: string;
}

export interface IndicatorCatalogue {
  indicators: (IndicatorDefinition & {
    name_en: string;
    parts: {
      part: string;
      name_zh: string;
      unit: string;
      style: FigureStyle;
      rollup: string;
      minimum_rule: string | null;
    }[];
  })[];
}

export type FigureStyle = 'percent' | 'count' | 'ratio';

export interface IndicatorFigure {
  part: string;
  name_zh: string;
  unit: string;
  style: FigureStyle;
  numerator: number | null; // null: suppressed or not applicable
  denominator: number | null; // null: a plain count
  percent: string | null;
  value: string | null;
}

export interface Indicator extends Stamp {
  node: NodeRef;
  indicator: IndicatorDefinition;
  figures: IndicatorFigure[];
  children: (NodeRef & { figures: IndicatorFigure[] | null })[];
}

export interface IndicatorMember {
  kind: string;
  office_code: string;
  office_name: string | null;
  item_id: string | null;
  label: string | null;
  name_zh: string | null; // of a township
  numerator: number | null;
  denominator: number | null;
  counts_for: string | null;
}

export interface IndicatorMembers extends Stamp {
  node: NodeRef;
  id: string;
  part: string;
  total: number;
  is_hidden: boolean; // too few answers: no numerator is told
  numerator: number | null;
  denominator: number | null;
  members: IndicatorMember[];
  next: string | null;
}

export type FrozenRate = Pick<IndicatorFigure, 'numerator' | 'denominator' | 'percent' | 'value'>;

export interface FrozenFigure extends Pick<IndicatorFigure, 'style' | 'unit'> {
  indicator: string;
  part: string;
  part_zh: string;
  frozen: FrozenRate | null;
  later: FrozenRate | null; // the same day, with what came in afterwards
  live: FrozenRate | null;
}

export interface FrozenSet {
  indicator: string;
  label_zh: string;
  on: string;
  as_of: string;
  register_version: number;
  rule_version: string;
  figures: number;
  digest: string;
  is_intact: boolean;
  frozen_at: string;
}

export interface Frozen {
  node: { code: string; name_zh: string; level: Level };
  date: string | null; // null: nothing is frozen yet
  live_as_of: string;
  live_on: string;
  milestones: string[];
  sets: FrozenSet[];
  figures: FrozenFigure[];
}

export interface DiffPoint {
  word: string;
  on: string;
  as_of: string;
  register_version: number;
  rule_version: string;
  frozen?: string | null;
}

export interface DiffRecord {
  kind: string;
  office_code: string;
  item_id?: string; // an extension, an exemption or a draw has none
  revision_id?: string | null;
  operation?: string | null;
  received_at: string | null;
  author: string | null;
  title: string | null;
  occurred_on?: string | null;
  fields?: Record<string, [unknown, unknown]> | null;
  review?: { verdict: string; reason: string | null } | null;
  change: string;
  depth: number | null;
}

export interface Contribution {
  step: 'on' | 'register' | 'records' | 'frozen';
  member: string;
  label_zh: string | null;
  parts: string[];
  parts_zh: string[];
  nodes: string[];
  numerator: number | null; // null: no share, such as of a median; the records are named alone
  denominator: number | null;
  records: DiffRecord[];
  reasons: { code: 'day' | 'register' | 'frozen' | 'due' | 'exemption_ended'; text_zh: string }[];
}

export interface DiffIndicator {
  indicator: string;
  label_zh: string;
  figures: (Pick<IndicatorFigure, 'style' | 'unit'> & {
    node_code: string;
    name_zh: string | null;
    part: string;
    part_zh: string;
    is_additive: boolean;
    before: FrozenRate | null;
    after: FrozenRate | null;
  })[];
  contributions: Contribution[];
}

export interface Diff {
  node: string;
  a: DiffPoint;
  b: DiffPoint;
  indicators: DiffIndicator[];
}

export type ReportStage = 'delivered' | 'open' | 'failed';
export type ReportState = 'queued' | 'rendered' | 'verified' | 'delivered' | 'failed';

export interface ReportFile {
  format: 'pdf' | 'xlsx' | 'csv' | 'json';
  bytes: number;
  sha256: string;
  sm3: string;
  url: string;
}

/* A file that is not what its digest says, in the store or in the folder of this aggregator, or is gone from there. */
export interface ReportFinding {
  format: ReportFile['format'];
  fault: 'store_altered' | 'folder_altered' | 'folder_missing';
}

export interface ReportJob {
  job: number;
  report: string;
  node: string;
  parameters: Record<string, string>;
  as_of: string;
  origin: 'milestone' | 'weekly' | 'monthly' | 'command';
  state: ReportState;
  failure: string | null;
  title: string | null;
  rule_version: string | null;
  register_version: number | null;
  pages: number | null;
  delivered_at: string | null;
  files: ReportFile[] | null;
  /* at the last look at what was handed out */
  findings: ReportFinding[];
}

export interface ReportList {
  reports: ReportJob[];
  /* end of the last look at the files; null before the first or where this aggregator makes no reports */
  verified_at: string | null;
  /* of all that the filter by office leaves, read or not */
  delivered: number;
  open: number;
  failed: number;
  next: string | null;
}
