// SPDX-License-Identifier: Apache-2.0
// Typed calls of the pages beside the overview.
import type {
  Annex, AnnexSessions, Baseline, Catalog, Consolidated, CoverageInterval, Deadlines, Diff, Draw, DrawList, EffectSheet,
  FilingMatrix, FormList, Frozen, Indicator, IndicatorCatalogue, IndicatorMembers, ObligationDetail,
  OneForm, Period, ReportList, ReportStage, ReviewList, ReviewState, ReviewSummary, Scope,
} from './types';
import { getJson, queryText, root, when, type Moment, type Query } from './http';

function part(text: string): string {
  return encodeURIComponent(text);
}

export function getCatalog(signal?: AbortSignal): Promise<Catalog> {
  return getJson(`${root}/kinds`, signal);
}

export function getDeadlines(node: string, moment: Moment, signal?: AbortSignal):
Promise<Deadlines> {
  return getJson(`${root}/deadlines${queryText({ node, ...when(moment) })}`, signal);
}

export function getObligation(office: string, milestone: string, moment: Moment,
  signal?: AbortSignal): Promise<ObligationDetail> {
  const path = `${part(office)}/${part(milestone)}`;
  return getJson(`${root}/deadlines/${path}${queryText(when(moment))}`, signal);
}

export function getFilings(node: string, moment: Moment, signal?: AbortSignal):
Promise<FilingMatrix> {
  return getJson(`${root}/deadlines/matrix${queryText({ node, ...when(moment) })}`, signal);
}

export function getReviewSummary(node: string, moment: Moment, signal?: AbortSignal):
Promise<ReviewSummary> {
  return getJson(`${root}/reviews/summary${queryText({ node, ...when(moment) })}`, signal);
}

export function getReviews(node: string, kind: string, state: ReviewState, after: string | null,
  moment: Moment, signal?: AbortSignal): Promise<ReviewList> {
  const query = { node, kind, state, after, limit: 100, ...when(moment) };
  return getJson(`${root}/reviews${queryText(query)}`, signal);
}

/* Forms have no day of their own: only the instant matters. */
export function getForms(node: string, period: Period, moment: Moment, signal?: AbortSignal):
Promise<FormList> {
  const query = { node, period, detail: 'list', as_of: moment.asOf };
  return getJson(`${root}/forms${queryText(query)}`, signal);
}

export function getForm(office: string, item: string, moment: Moment, signal?: AbortSignal):
Promise<OneForm> {
  const path = `${part(office)}/${part(item)}`;
  return getJson(`${root}/forms/${path}${queryText({ as_of: moment.asOf })}`, signal);
}

export function getConsolidated(node: string, period: Period, moment: Moment,
  signal?: AbortSignal): Promise<Consolidated> {
  const query = { node, period, as_of: moment.asOf };
  return getJson(`${root}/forms/consolidated${queryText(query)}`, signal);
}

export function getIndicatorCatalogue(signal?: AbortSignal): Promise<IndicatorCatalogue> {
  return getJson(`${root}/indicators/catalogue`, signal);
}

export function getIndicator(id: string, node: string, depth: 'node' | 'children', moment: Moment,
  signal?: AbortSignal): Promise<Indicator> {
  return getJson(`${root}/indicators${queryText({ id, node, depth, ...when(moment) })}`, signal);
}

export function getIndicatorMembers(id: string, partName: string, node: string,
  after: string | null, moment: Moment, signal?: AbortSignal): Promise<IndicatorMembers> {
  const query = { id, part: partName, node, after, limit: 50, ...when(moment) };
  return getJson(`${root}/indicators/members${queryText(query)}`, signal);
}

export function getFrozen(node: string, date: string | null, indicator: string,
  signal?: AbortSignal): Promise<Frozen> {
  return getJson(`${root}/frozen${queryText({ node, date, indicator })}`, signal);
}

export function getDiff(node: string, date: string, indicator: string, signal?: AbortSignal):
Promise<Diff> {
  const query: Query = { a: `frozen:${date}`, b: 'live', node, indicator };
  return getJson(`${root}/diff${queryText(query)}`, signal);
}

export function getEffect(node: string, moment: Moment, signal?: AbortSignal):
Promise<EffectSheet> {
  return getJson(`${root}/effect${queryText({ node, ...when(moment) })}`, signal);
}

export function getBaseline(node: string, scope: Scope, moment: Moment, signal?: AbortSignal):
Promise<Baseline> {
  return getJson(`${root}/completion/baseline${queryText({ node, scope, ...when(moment) })}`, signal);
}

export function getAnnex(node: string, moment: Moment, signal?: AbortSignal): Promise<Annex> {
  return getJson(`${root}/completion/annex2${queryText({ node, ...when(moment) })}`, signal);
}

export function getAnnexSessions(line: string, after: string | null, moment: Moment,
  signal?: AbortSignal): Promise<AnnexSessions> {
  const query: Query = { line, limit: 100, after, ...when(moment) };
  return getJson(`${root}/completion/annex2/sessions${queryText(query)}`, signal);
}

export function getInterval(node: string, moment: Moment, signal?: AbortSignal):
Promise<CoverageInterval> {
  return getJson(`${root}/coverage/interval${queryText({ node, ...when(moment) })}`, signal);
}

export function getDraws(moment: Moment, signal?: AbortSignal): Promise<DrawList> {
  return getJson(`${root}/draws${queryText({ as_of: moment.asOf })}`, signal);
}

/* The published file of a draw, for those who check it. */
export function drawHref(id: number, moment: Moment): string {
  return `${root}/draws/${id}${queryText({ as_of: moment.asOf })}`;
}

export function getDraw(id: number, moment: Moment, signal?: AbortSignal): Promise<Draw> {
  return getJson(drawHref(id, moment), signal);
}

/* node null: of all offices; stage null: whatever became of them. */
export function getReports(node: string | null, stage: ReportStage | null, after: string | null,
  signal?: AbortSignal): Promise<ReportList> {
  const query = { node, state: stage, limit: 50, after };
  return getJson(`${root}/reports${queryText(query)}`, signal);
}

/* Addresses to open or save, relative like every other. */
export function reportHref(url: string): string {
  return url.replace(/^\/+/, '');
}

export function exportHref(format: 'sdmx' | 'dhis2' | 'csv', node: string, kind: string | null,
  moment: Moment): string {
  const query = { node, kind, on: kind === null ? moment.on : null, as_of: moment.asOf };
  return `${root}/export/${format}${queryText(query)}`;
}
