import { expect, test } from '@jest/globals';
import { errorToText } from '../../src/cli/failure.js';
import { ProxySettings } from '../../src/network/proxy-settings.js';

const BOTH = { http_proxy: 'http://plain:3128', HTTPS_PROXY: 'secure:8080' };

test.each([
  ['http://a.example.org/', BOTH, 'http://plain:3128/'],
  ['https://a.example.org/', BOTH, 'http://secure:8080/'],
  ['https://a.example.org/', { ALL_PROXY: 'http://all:1' }, 'http://all:1/'],
  ['https://a.example.org/', { HTTP_PROXY: 'http://plain:3128' }, null],
  ['http://a.example.org/', { http_proxy: 'http://lower:1', HTTP_PROXY: 'http://upper:1' }, 'http://lower:1/'],
  ['http://a.example.org/', { HTTP_PROXY: ' ' }, null],
  // what is on this machine
  ['http://localhost:9000/', BOTH, null],
  ['http://127.0.0.1:9000/', BOTH, null],
  ['http://[::1]/', BOTH, null],
  ['http://127.evil.example.org/', BOTH, 'http://plain:3128/'],
  // NO_PROXY
  ['http://a.example.org/', { ...BOTH, NO_PROXY: '*' }, null],
  ['http://a.example.org/', { ...BOTH, no_proxy: 'b.org, example.org' }, null],
  ['http://a.example.org/', { ...BOTH, NO_PROXY: '.example.org' }, null],
  ['http://a.example.org/', { ...BOTH, NO_PROXY: '*.example.org' }, null],
  ['http://A.EXAMPLE.org/', { ...BOTH, NO_PROXY: 'a.Example.ORG' }, null],
  ['http://badexample.org/', { ...BOTH, NO_PROXY: 'example.org' }, 'http://plain:3128/'],
  ['http://a.example.org:8080/', { ...BOTH, NO_PROXY: 'example.org:8080' }, null],
  ['http://a.example.org/', { ...BOTH, NO_PROXY: 'example.org:8080' }, 'http://plain:3128/'],
  ['https://a.example.org/', { ...BOTH, NO_PROXY: 'example.org:443' }, null],
  ['http://10.0.0.7/', { ...BOTH, NO_PROXY: '10.0.0.7' }, null],
  ['http://[fd00::7]/', { ...BOTH, NO_PROXY: 'fd00::7' }, null],
])('%s by %j: %s', (url, environment, proxy) => {
  expect(new ProxySettings(environment).proxyFor(new URL(url))?.href ?? null).toBe(proxy);
});

test.each(['socks5://user:secret@socks:1080', 'https://user:secret@proxy', 'http://', 'not a proxy:x'])('%s cannot be used, and nothing of it is told but its kind', (text) => {
  let told = '';
  try {
    new ProxySettings({ HTTPS_PROXY: text });
  } catch (error) {
    expect(error).toMatchObject({ code: 'USAGE' });
    told = errorToText(error);
  }
  expect(told).toContain('HTTPS_PROXY');
  expect(told).not.toContain('secret');
});
