// SPDX-License-Identifier: Apache-2.0
import type { ReceivedFile, Revision } from '../api/types';

/* The API lists them as they were received; a number says nothing of that, two branches share it. */
export function revisionsNewestFirst(revisions: readonly Revision[]): Revision[] {
  return [...revisions].reverse();
}

/* Fields whose value differs from the revision it was based on, with the former value. A
 * revision without a known base changed nothing; a withdrawal without a body neither. */
export function changedFields(revision: Revision, all: readonly Revision[]): Map<string, unknown> {
  const changes = new Map<string, unknown>();
  const base = all.find((one) => one.revision_id === revision.base_revision_id);
  if (base === undefined) return changes;
  for (const [field, value] of Object.entries(revision.body)) {
    const former = base.body[field];
    if (JSON.stringify(former ?? null) !== JSON.stringify(value ?? null)) {
      changes.set(field, former ?? null);
    }
  }
  return changes;
}

/* The file a digest in a record stands for, once it has arrived. */
export function fileOf(value: unknown, files: readonly ReceivedFile[]): ReceivedFile | null {
  return files.find((one) => value === `\\x${one.digest}`) ?? null;
}
