// SPDX-License-Identifier: Apache-2.0
import { createApp } from 'vue';
import 'dayjs/locale/zh-cn';
import App from './App.vue';
import { installElements } from './elements';
import './style.css';
import './pages.css';

installElements(createApp(App)).mount('#app');
