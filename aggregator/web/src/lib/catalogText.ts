// SPDX-License-Identifier: Apache-2.0
// A value of a record in the words of the record catalogue.
import type { CatalogField } from '../api/types';
import { sizeText, valueText } from './format';

function one(field: CatalogField | null, value: unknown): string {
  if (field === null) return valueText(value);
  if (typeof value === 'string') return field.values[value] ?? valueText(value);
  if (value !== null && typeof value === 'object' && field.columns.length > 0) {
    const row = value as Record<string, unknown>;
    return field.columns
      .filter((column) => row[column.name] !== null && row[column.name] !== undefined)
      .map((column) => `${column.label_zh} ${catalogText(column, row[column.name])}`).join('，');
  }
  return valueText(value);
}

export function catalogText(field: CatalogField | null, value: unknown): string {
  if (Array.isArray(value) && field !== null) {
    if (value.length === 0) return '无';
    return value.map((each) => one(field, each)).join(field.columns.length > 0 ? '；\n' : '、');
  }
  const text = one(field, value);
  if (typeof value !== 'number') return text;
  if (field?.unit === 'byte') return sizeText(value);
  return field?.unit !== null && field?.unit !== undefined ? `${text} ${field.unit}` : text;
}
