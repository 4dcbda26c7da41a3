// SPDX-License-Identifier: Apache-2.0
// The Chinese word for every code of the API, in one place.
import type {
  Base, Breadth, CellState, Category, FormState, LectureItem, ObligationState, Period, ReportState,
  Scope, Support, TownshipState, Verdict,
} from '../api/types';
import type { View } from '../state/route';

export const VIEW_ZH: Record<View, string> = {
  overview: '总览',
  deadlines: '时限',
  reviews: '审核',
  forms: '统计表',
  figures: '指标与冻结',
  draws: '抽查',
  reports: '报告',
};

export const OBLIGATION_ZH: Record<ObligationState, string> = {
  missing: '缺报',
  late: '迟报',
  on_time: '按时',
  not_due: '未到期',
  exempt: '免报',
};

export const VERDICT_ZH: Record<Verdict, string> = {
  pending: '待审',
  accepted: '审核通过',
  returned: '已退回',
  rejected: '不予采纳',
};

export const PERIOD_ZH: Record<Period | 'whole_year', string> = {
  mid_year: '上半年', year_end: '年度', whole_year: '全年',
};

export const FORM_STATE_ZH: Record<FormState, string> = {
  current: '有效',
  incomplete: '不完整，不算报送',
  proxy: '代报，不抵本级报送',
  superseded: '已被新表替代',
  withdrawn: '已撤回',
  returned: '已退回',
  rejected: '不予采纳',
};

export const SUPPORT_ZH: Record<Support, string> = {
  supported: '相符',
  over_claimed: '多报',
  under_claimed: '少报',
  unsupported: '无记录佐证',
  differs: '不一致',
  not_applicable: '不适用',
  not_answered: '未填',
  not_derivable: '不核对',
};

export const CELL_STATE_ZH: Record<CellState, string> = {
  value: '', zero: '填零', not_applicable: '不适用', not_answered: '未填',
};

export const REPORT_STATE_ZH: Record<ReportState, string> = {
  queued: '排队', rendered: '已生成，待核对', verified: '已核对', delivered: '可下载', failed: '失败',
};

export const REPORT_ZH: Record<string, string> = {
  audit: '审计报告',
  form: '统计表',
  form_consolidated: '统计表汇总',
  circular: '通报（稿）',
  integrity: '数据完整性报告',
  persons: '专人名单（限制分发）',
};

export const ORIGIN_ZH: Record<string, string> = {
  milestone: '节点日', weekly: '每周', monthly: '每月', command: '命令',
};

export const CATEGORIES: readonly Category[] = [
  'general', 'enterprise', 'campus', 'village', 'site', 'system',
];

export const CATEGORY_ZH: Record<Category, string> = {
  general: '综合宣传',
  enterprise: '进企业',
  campus: '进校园',
  village: '进村居',
  site: '进工地',
  system: '进系统',
};

export const BREADTH_ZH: Record<Breadth, string> = { broad: '宽口径', strict: '窄口径' };
export const BREADTH_HINT: Record<Breadth, string> = {
  broad: '任一类宣讲活动',
  strict: '仅“进村居”宣讲',
};
export const BASE_ZH: Record<Base, string> = { all: '乡镇+街道', rural: '仅乡镇' };

export const SCOPE_ZH: Record<Scope, string> = {
  cities: '市州口径',
  provincial: '省级计划',
  all: '全部计划',
};

export const TOWNSHIP_STATE_ZH: Record<TownshipState, string> = {
  uncovered: '未覆盖',
  inherited_unproven: '沿革待证',
  covered: '已覆盖',
};

export const LINE_STATE_ZH: Record<'none' | 'started' | 'met', string> = {
  none: '未启动',
  started: '已启动',
  met: '已达成',
};

export const MODE_ZH: Record<LectureItem['mode'], string> = {
  offline: '线下',
  online: '线上',
  mixed: '线上线下',
};

export const STATUS_ZH: Record<LectureItem['status'], string> = {
  held: '已开展',
  planned: '计划中',
  cancelled: '已取消',
};

export const OP_ZH: Record<string, string> = { submit: '首报', amend: '修改', withdraw: '撤回' };

export const ITEM_STATE_ZH: Record<string, string> = {
  counting: '计入统计',
  withdrawn: '已撤回',
  disputed: '有争议，待审核人选定',
  quarantined: '隔离，待更正',
  returned: '已退回',
  rejected: '不予采纳',
};

export function wordOf(table: Readonly<Record<string, string>>, code: string): string {
  return table[code] ?? code;
}
