// SPDX-License-Identifier: Apache-2.0
// Going down by keyboard: Enter on a row leaves its table, and the reader goes on in the first row
// of the table that comes in its place, instead of at the top of the page.

let isWanted = false;

export function wantRow(): void {
  isWanted = true;
}

/* Of a table that has come: takes the focus if it was lost on the way, and only then. */
export function takeRow(table: HTMLElement | null): void {
  const row = table?.querySelector<HTMLElement>('tbody tr[tabindex="0"]') ?? null;
  if (!isWanted || row === null) return;
  isWanted = false;
  if (document.activeElement === null || document.activeElement === document.body) row.focus();
}
