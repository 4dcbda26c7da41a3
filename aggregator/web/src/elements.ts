// SPDX-License-Identifier: Apache-2.0
// The few Element Plus components this page uses, each with its own style sheet. Pages use them
// by tag; nothing else of the library is packed.
import type { App, Component } from 'vue';
import { ElAlert } from 'element-plus/es/components/alert/index';
import { ElAutocomplete } from 'element-plus/es/components/autocomplete/index';
import { ElButton } from 'element-plus/es/components/button/index';
import { ElConfigProvider } from 'element-plus/es/components/config-provider/index';
import { ElDatePicker } from 'element-plus/es/components/date-picker/index';
import { ElDrawer } from 'element-plus/es/components/drawer/index';
import { ElEmpty } from 'element-plus/es/components/empty/index';
import { ElInput } from 'element-plus/es/components/input/index';
import { ElRadioButton, ElRadioGroup } from 'element-plus/es/components/radio/index';
import { ElOption, ElSelect } from 'element-plus/es/components/select/index';
import { ElSkeleton } from 'element-plus/es/components/skeleton/index';
import { ElTabPane, ElTabs } from 'element-plus/es/components/tabs/index';
import { ElTag } from 'element-plus/es/components/tag/index';
import 'element-plus/theme-chalk/base.css';
import 'element-plus/theme-chalk/el-alert.css';
import 'element-plus/theme-chalk/el-autocomplete.css';
import 'element-plus/theme-chalk/el-button.css';
import 'element-plus/theme-chalk/el-date-picker.css';
import 'element-plus/theme-chalk/el-date-picker-panel.css';
import 'element-plus/theme-chalk/el-drawer.css';
import 'element-plus/theme-chalk/el-empty.css';
import 'element-plus/theme-chalk/el-input.css';
import 'element-plus/theme-chalk/el-option.css';
import 'element-plus/theme-chalk/el-overlay.css';
import 'element-plus/theme-chalk/el-popper.css';
import 'element-plus/theme-chalk/el-radio-button.css';
import 'element-plus/theme-chalk/el-radio-group.css';
import 'element-plus/theme-chalk/el-scrollbar.css';
import 'element-plus/theme-chalk/el-select.css';
import 'element-plus/theme-chalk/el-skeleton.css';
import 'element-plus/theme-chalk/el-skeleton-item.css';
import 'element-plus/theme-chalk/el-tab-pane.css';
import 'element-plus/theme-chalk/el-tabs.css';
import 'element-plus/theme-chalk/el-tag.css';

/* By name: the library's own installer of a part (radio button, option, pane) does nothing. */
const USED: Readonly<Record<string, Component>> = {
  ElAlert, ElAutocomplete, ElButton, ElConfigProvider, ElDatePicker, ElDrawer, ElEmpty, ElInput,
  ElOption, ElRadioButton, ElRadioGroup, ElSelect, ElSkeleton, ElTabPane, ElTabs, ElTag,
};

export function installElements(app: App): App {
  for (const [name, component] of Object.entries(USED)) app.component(name, component);
  return app;
}

declare module 'vue' {
  interface GlobalComponents {
    ElAlert: typeof ElAlert;
    ElAutocomplete: typeof ElAutocomplete;
    ElButton: typeof ElButton;
    ElConfigProvider: typeof ElConfigProvider;
    ElDatePicker: typeof ElDatePicker;
    ElDrawer: typeof ElDrawer;
    ElEmpty: typeof ElEmpty;
    ElInput: typeof ElInput;
    ElOption: typeof ElOption;
    ElRadioButton: typeof ElRadioButton;
    ElRadioGroup: typeof ElRadioGroup;
    ElSelect: typeof ElSelect;
    ElSkeleton: typeof ElSkeleton;
    ElTabPane: typeof ElTabPane;
    ElTabs: typeof ElTabs;
    ElTag: typeof ElTag;
  }
}
