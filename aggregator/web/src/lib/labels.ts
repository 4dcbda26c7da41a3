// SPDX-License-Identifier: Apache-2.0
// The Chinese word for every code of the API, in one place.
import type { Base, Breadth, Category, LectureItem, Scope, TownshipState } from '../api/types';

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
};

/* Names of the fields of the two kinds this page opens, as the record catalogue has them. A field
 * without an entry is shown by its own name. */
export const FIELD_ZH: Readonly<Record<string, string>> = {
  category: '宣讲类别',
  plan_item_id: '计划项',
  theme: '主题',
  occurred_on: '开展日期',
  started_at: '开始时间',
  ended_at: '结束时间',
  place: '地点',
  township_codes: '乡镇代码',
  mode: '方式',
  audiences: '宣传对象',
  attendance: '参加人数',
  speaker_item_ids: '宣讲人',
  policy_item_ids: '宣讲政策',
  brochure_count: '发放资料份数',
  is_window_brochure: '资料是否窗口宣传',
  evidence: '佐证材料',
  cohost_office_codes: '联合单位',
  status: '活动状态',
  area_explanation: '跨区说明',
  note: '备注',
  item_no: '序号',
  activity: '活动内容',
  window_start: '开始日期',
  window_end: '结束日期',
  time_text: '时间原文',
  audience_text: '对象',
  planned_min: '计划最少场次',
  planned_max: '计划最多场次',
  quota_kind: '场次口径',
  sessions_text: '场次原文',
  lead_unit: '牵头单位',
};

/* Words of the coded values in a body, by field. */
export const VALUE_ZH: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  category: CATEGORY_ZH,
  mode: MODE_ZH,
  status: STATUS_ZH,
  quota_kind: { counted: '定量', many: '多场次', year_round: '全年' },
  audiences: {
    employer: '企事业单位',
    employee: '企业职工',
    graduate: '高校毕业生',
    student: '在校学生',
    villager: '村居居民',
    migrant_worker: '农民工',
    staff: '系统干部职工',
    hr_agency: '人力资源服务机构',
    public: '社会公众',
    other: '其他',
  },
};

export function wordOf(table: Readonly<Record<string, string>>, code: string): string {
  return table[code] ?? code;
}
