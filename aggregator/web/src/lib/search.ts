// SPDX-License-Identifier: Apache-2.0
import type { Office } from '../api/types';

/* Offices whose short name, division, full name or code contains every word of the text; names
 * that begin with the text come first, then higher levels, then the official order. */
export function findOffices(offices: readonly Office[], text: string, limit: number): Office[] {
  const words = text.trim().split(/[\s>·、/]+/).filter((word) => word !== '');
  const first = words[0];
  if (first === undefined) return [];
  const parents = new Map(offices.map((office) => [office.code, office.short_name]));
  const hay = (office: Office): string => [
    office.short_name, office.division_zh, office.name_zh, office.code,
    office.parent_code === null ? '' : parents.get(office.parent_code) ?? '',
  ].join('|');
  const level = { province: 0, city: 1, province_unit: 2, county: 3 };
  const begins = (office: Office): number =>
    office.short_name.startsWith(first) || office.code.startsWith(first) ? 0 : 1;
  return offices
    .filter((office) => words.every((word) => hay(office).includes(word)))
    .sort((a, b) => begins(a) - begins(b) || level[a.level] - level[b.level]
      || a.code.localeCompare(b.code))
    .slice(0, limit);
}

/* The offices from the root down to the given one; empty when the code is not known. */
export function pathTo(offices: readonly Office[], code: string): Office[] {
  const byCode = new Map(offices.map((office) => [office.code, office]));
  const path: Office[] = [];
  let at = byCode.get(code);
  while (at !== undefined && !path.includes(at)) {
    path.unshift(at);
    at = at.parent_code === null ? undefined : byCode.get(at.parent_code);
  }
  return path;
}
