// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, getCoverage, queryText } from '../src/api/client';
import { createLoad } from '../src/state/load';

const moment = { on: null, asOf: null };
afterEach(() => vi.unstubAllGlobals());

describe('a request slot', () => {
  it('drops the answer of a request that was overtaken', async () => {
    const load = createLoad<string>();
    let answerFirst: (text: string) => void = () => undefined;
    const first = load.run(() => new Promise((resolve) => { answerFirst = resolve; }));
    await load.run(() => Promise.resolve('second'));
    answerFirst('first');
    await first;
    expect(load.data.value).toBe('second');
    expect(load.isLoading.value).toBe(false);
  });
  it('aborts the overtaken request and does not call that a failure', async () => {
    const load = createLoad<string>();
    let wasAborted = false;
    const first = load.run((signal) => new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        wasAborted = true;
        reject(new DOMException('aborted', 'AbortError'));
      });
    }));
    await load.run(() => Promise.resolve('second'));
    await first;
    expect(wasAborted).toBe(true);
    expect(load.error.value).toBeNull();
  });
  it('keeps code and sentence of a failure, and tries again', async () => {
    const load = createLoad<string>();
    let times = 0;
    await load.run(() => {
      times += 1;
      return times === 1 ? Promise.reject(new ApiError('E_DB_DOWN', '数据库暂时连不上', 503))
        : Promise.resolve('back');
    });
    expect([load.data.value, load.error.value?.code]).toEqual([null, 'E_DB_DOWN']);
    await load.retry();
    expect([load.data.value, load.error.value]).toEqual(['back', null]);
  });
});

describe('the client', () => {
  const answer = (body: string, status: number): void => {
    vi.stubGlobal('fetch', vi.fn(() => Promise.resolve(new Response(body, { status }))));
  };
  it('passes the server\'s own error on', async () => {
    answer('{"error":{"code":"E_NODE_UNKNOWN","message":"没有这个单位"}}', 404);
    await expect(getCoverage('1', 'children', moment)).rejects.toMatchObject(
      { code: 'E_NODE_UNKNOWN', message: '没有这个单位', status: 404 });
  });
  it('explains a front server\'s page, a cut answer and a dead network', async () => {
    answer('<html>Bad Gateway</html>', 502);
    await expect(getCoverage('1', 'children', moment)).rejects.toMatchObject({ code: 'E_HTTP_502' });
    answer('{"node":', 200);
    await expect(getCoverage('1', 'children', moment)).rejects.toMatchObject({ code: 'E_ANSWER_BAD' });
    vi.stubGlobal('fetch', vi.fn(() => Promise.reject(new TypeError('failed'))));
    await expect(getCoverage('1', 'children', moment)).rejects.toMatchObject({ code: 'E_NETWORK' });
  });
  it('asks only for what is set', () => {
    expect(queryText({ node: '420000', on: null, as_of: '', limit: 5 })).toBe('?node=420000&limit=5');
  });
});
