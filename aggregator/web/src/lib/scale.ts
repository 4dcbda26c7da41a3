// SPDX-License-Identifier: Apache-2.0
// One scale for the map and the bars. Orange to blue stays distinct for the common kinds of
// colour blindness, and each class also has a word; the percentage is always written beside it.

export interface Band {
  key: string;
  from: number; // percent, inclusive
  below: number; // percent, exclusive; Infinity for the last
  label: string;
  word: string;
  fill: string;
  ink: string; // text on the fill, contrast at least 4.5:1
}

export const BANDS: readonly Band[] = [
  { key: 'b0', from: -Infinity, below: 60, label: '不足 60%', word: '严重滞后', fill: '#b35806', ink: '#ffffff' },
  { key: 'b1', from: 60, below: 80, label: '60% – 80%', word: '滞后', fill: '#f1a340', ink: '#1f2a36' },
  { key: 'b2', from: 80, below: 95, label: '80% – 95%', word: '推进中', fill: '#f8d9a4', ink: '#1f2a36' },
  { key: 'b3', from: 95, below: 100, label: '95% – 100%', word: '接近完成', fill: '#9fc5e3', ink: '#1f2a36' },
  { key: 'b4', from: 100, below: Infinity, label: '100%', word: '完成', fill: '#1f5a8c', ink: '#ffffff' },
];

export const NO_BAND: Band = {
  key: 'na', from: NaN, below: NaN, label: '不适用', word: '不适用', fill: '#e3e6ea', ink: '#3b4754',
};

/* The class of the server's percent text. The text is rounded half up, so 99.996 % arrives as
 * 100.00; the fraction decides whether it is truly whole. */
export function bandOf(percent: string | null, numerator: number, denominator: number): Band {
  if (percent === null) return NO_BAND;
  const value = Number(percent);
  if (value >= 100 && numerator < denominator) return BANDS[3] as Band;
  return BANDS.find((band) => value >= band.from && value < band.below) ?? NO_BAND;
}
