// SPDX-License-Identifier: Apache-2.0

/* In a table of focusable rows the arrow keys, Home and End move from row to row. */
export function moveFocus(event: KeyboardEvent): void {
  const row = event.currentTarget as HTMLElement;
  const body = row.parentElement;
  if (body === null) return;
  const targets: Record<string, Element | null> = {
    ArrowDown: row.nextElementSibling,
    ArrowUp: row.previousElementSibling,
    Home: body.firstElementChild,
    End: body.lastElementChild,
  };
  const target = targets[event.key];
  if (target === undefined) return;
  event.preventDefault();
  if (target instanceof HTMLElement) target.focus();
}
