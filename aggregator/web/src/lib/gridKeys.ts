// SPDX-License-Identifier: Apache-2.0

/* In a table whose cells hold buttons the arrow keys move from cell to cell; empty cells are passed
 * over. Ctrl is not needed for Home and End: they go to the first and last cell of the row. */
export function moveCell(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  const cell = target.closest('td,th');
  const row = cell?.parentElement ?? null;
  const body = row?.parentElement ?? null;
  if (!(cell instanceof HTMLTableCellElement) || !(row instanceof HTMLTableRowElement)
    || body === null) return;
  const find = (rowStep: number, columnStep: number): HTMLElement | null => {
    const rows = [...body.children] as HTMLTableRowElement[];
    let at = rows.indexOf(row) + rowStep;
    let column = cell.cellIndex + columnStep;
    while (at >= 0 && at < rows.length && column >= 0 && column < (rows[at]?.cells.length ?? 0)) {
      const button = rows[at]?.cells[column]?.querySelector<HTMLElement>('button,a');
      if (button !== null && button !== undefined) return button;
      at += rowStep;
      column += columnStep;
    }
    return null;
  };
  const inRow = [...row.querySelectorAll<HTMLElement>('button,a')];
  const moves: Record<string, () => HTMLElement | null> = {
    ArrowRight: () => find(0, 1),
    ArrowLeft: () => find(0, -1),
    ArrowDown: () => find(1, 0),
    ArrowUp: () => find(-1, 0),
    Home: () => inRow[0] ?? null,
    End: () => inRow[inRow.length - 1] ?? null,
  };
  const next = moves[event.key]?.();
  if (next === undefined) return;
  event.preventDefault();
  next?.focus();
}
