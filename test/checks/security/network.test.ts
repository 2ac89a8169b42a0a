import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PACKAGE_ROOT } from '../../../src/package-root.js';

/** Rooms that read what a release is made of, or judge it. */
const ROOMS = ['model', 'fixity', 'facts', 'dicom', 'text', 'conformance', 'deidentification', 'inspection', 'clinical', 'workspace', 'catalog', 'engine', 'sources', 'checks', 'splits', 'verify', 'report'];

/**
 * Sources that are elsewhere are asked because colophon.yaml names them, and Redis because of `--engine bullmq`; what reads the bytes that
 * came asks nobody.
 */
const ELSEWHERE = /^(?:sources\/(?:remote|dicomweb|http-tables|postgres|manifests)|engine\/bullmq)\//;

const NETWORK = /from '(?:node:)?(?:https?|http2|net|tls|dgram|dns(?:\/promises)?|undici)'|\bfetch\(|\bWebSocket\b|\bXMLHttpRequest\b/;

test('no room that reads data uses the network (SEC-161)', () => {
  const files = readdirSync(join(PACKAGE_ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts') && ROOMS.includes(name.split('/')[0] ?? '') && !ELSEWHERE.test(name));
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((name) => NETWORK.test(readFileSync(join(PACKAGE_ROOT, 'src', name), 'utf8')))).toEqual([]);
});
