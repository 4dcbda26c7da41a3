// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'vitest/config';
import vue from '@vitejs/plugin-vue';

export default defineConfig({
  base: './', // the page works below any path of a front server
  plugins: [vue()],
  build: {
    target: 'es2020', // browsers of 2020 and later, as office PCs have
    chunkSizeWarningLimit: 700,
    assetsInlineLimit: 0, // the content policy allows own files, not embedded ones
    rollupOptions: {
      output: {
        manualChunks(id: string): string | undefined {
          if (/node_modules\/(echarts|zrender)\//.test(id)) return 'chart';
          if (id.includes('node_modules')) return 'vendor';
          return undefined;
        },
      },
    },
  },
  server: {
    proxy: { '/api': 'http://127.0.0.1:8080' }, // the aggregator's sample configuration
  },
  test: { include: ['test/**/*.test.ts'] },
});
