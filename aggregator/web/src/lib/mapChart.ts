// SPDX-License-Identifier: Apache-2.0
// Everything that touches the chart library. Canvas and rich-text tooltips: the content policy
// forbids inline script and the HTML tooltip writes styles the policy would report.
import { MapChart } from 'echarts/charts';
import { TooltipComponent } from 'echarts/components';
import { init, registerMap, use, type EChartsCoreOption, type EChartsType } from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { CanvasRenderer } from 'echarts/renderers';
import type { MapCollection } from '../api/types';
import { fractionText, percentText } from './format';
import type { RankRow } from './rank';
import { bandOf } from './scale';

use([MapChart, TooltipComponent, CanvasRenderer, LabelLayout]);

const FONT = '"Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';
const ASPECT = 0.857; // cos 31°: a degree of longitude against one of latitude in this province

export function createChart(holder: HTMLElement, onChoose: (code: string) => void): EChartsType {
  const chart = init(holder, null, { renderer: 'canvas' });
  chart.on('click', (event) => {
    if (typeof event.name === 'string' && event.name !== '') onChoose(event.name);
  });
  return chart;
}

/* The shapes of these codes become the area of that name. False when there are none. */
export function registerArea(area: string, shapes: MapCollection, codes: ReadonlySet<string>):
boolean {
  const features = shapes.features.filter((one) => codes.has(one.properties.code));
  if (features.length === 0) return false;
  const geo = { type: 'FeatureCollection', features };
  registerMap(area, geo as unknown as Parameters<typeof registerMap>[1]);
  return true;
}

interface Drawn {
  name: string;
  row: RankRow;
}

function tooltipText(row: RankRow, figure: string): string {
  const place = row.rank === null ? '' : `，第 ${row.rank} 名`;
  return `${row.name}${place}\n${figure}\n${percentText(row.rate)}（${fractionText(row.rate)}）`;
}

/* One region per row, addressed by code. Labels are inked to be read on their fill; a dense map
 * names what it has room for. */
export function mapOption(area: string, rows: readonly RankRow[], figure: string,
  isDense: boolean): EChartsCoreOption {
  const labelOf = new Map(rows.map((row) => [
    row.code, isDense ? row.name : `${row.name}\n${percentText(row.rate)}`,
  ]));
  const data = rows.map((row) => {
    const band = bandOf(row.rate.percent, row.rate.numerator, row.rate.denominator);
    return {
      name: row.code,
      value: Number(row.rate.percent ?? NaN),
      row,
      itemStyle: { areaColor: band.fill },
      label: { color: band.ink, textBorderColor: band.fill },
      emphasis: {
        itemStyle: { areaColor: band.fill, borderColor: '#111827', borderWidth: 2.5 },
        label: { color: band.ink, fontWeight: 'bold' },
      },
    };
  });
  return {
    animation: false,
    textStyle: { fontFamily: FONT },
    tooltip: {
      renderMode: 'richText',
      trigger: 'item',
      confine: true,
      padding: [8, 14],
      textStyle: { color: '#1f2a36', fontFamily: FONT },
      formatter: (hover: { data?: Drawn }) =>
        (hover.data === undefined ? '' : tooltipText(hover.data.row, figure)),
    },
    series: [{
      type: 'map',
      map: area,
      nameProperty: 'code',
      aspectScale: ASPECT,
      left: 8,
      right: 8,
      top: 8,
      bottom: 8,
      selectedMode: false,
      itemStyle: { borderColor: '#5b6775', borderWidth: 0.8, areaColor: '#f4f5f7' },
      label: {
        show: true,
        fontSize: isDense ? 10 : 11,
        lineHeight: 14,
        textBorderWidth: 2,
        formatter: (region: { name: string }) => labelOf.get(region.name) ?? '',
      },
      labelLayout: { hideOverlap: true },
      data,
    }],
  };
}
