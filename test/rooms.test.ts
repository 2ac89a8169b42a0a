import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from '@jest/globals';
import { PACKAGE_ROOT } from '../src/package-root.js';

/**
 * The import rule between the rooms of src/: a room may import the rooms named here, itself, and the root files.
 * `run` names rooms that only a room's run.ts may import.
 */
const ROOMS: Record<string, { may: string[]; run?: string[] }> = {
  model: { may: [] },
  fixity: { may: ['model'] },
  facts: { may: ['model'] },
  dicom: { may: ['model', 'facts'] },
  text: { may: ['model', 'facts'] },
  pixels: { may: ['model', 'fixity', 'dicom'] },
  conformance: { may: ['model', 'facts', 'dicom'] },
  deidentification: { may: ['model', 'fixity', 'facts', 'dicom', 'text'] },
  tagging: { may: ['model', 'fixity', 'dicom', 'pixels', 'engine'] },
  inspection: { may: ['model', 'fixity', 'facts', 'dicom', 'text', 'pixels', 'conformance', 'deidentification', 'engine'] },
  clinical: { may: ['model', 'fixity'] },
  workspace: { may: ['model', 'fixity', 'clinical'] },
  catalog: { may: ['model'] },
  engine: { may: ['model', 'fixity'] },
  network: { may: ['model', 'fixity'] },
  manifests: { may: ['model', 'fixity'] },
  sources: { may: ['model', 'fixity', 'facts', 'dicom', 'clinical', 'engine', 'network'] },
  checks: { may: ['model', 'fixity', 'facts', 'text', 'clinical', 'engine'], run: ['catalog'] },
  splits: { may: ['model', 'fixity'], run: ['catalog'] },
  commitment: { may: ['model', 'fixity'] },
  release: { may: ['model', 'fixity', 'clinical', 'catalog'] },
  selection: { may: ['model', 'catalog'] },
  verify: { may: ['model', 'fixity', 'engine'] },
  transfer: { may: ['model', 'fixity', 'engine', 'network', 'release'] },
  exchange: { may: ['model', 'fixity', 'manifests', 'clinical', 'catalog', 'release'] },
  page: { may: ['model', 'fixity', 'report'] },
  report: { may: ['model'] },
  workflow: {
    may: ['model', 'fixity', 'facts', 'clinical', 'workspace', 'catalog', 'engine', 'network', 'manifests', 'sources', 'inspection', 'tagging', 'checks', 'splits', 'commitment', 'release', 'selection', 'verify', 'transfer', 'exchange', 'page'],
  },
  demo: { may: ['model', 'workspace', 'workflow', 'report'] },
  telemetry: { may: ['model'] },
  cli: { may: ['model', 'fixity', 'workspace', 'report', 'telemetry'] },
  commands: {
    may: ['model', 'fixity', 'cli', 'workspace', 'workflow', 'report', 'verify', 'checks', 'demo'],
  },
};

/** Packages that only one room may import. */
const OWNED_PACKAGES: Record<string, string> = { '@duckdb/node-api': 'catalog', 'node:crypto': 'fixity', 'simple-git': 'release', archiver: 'transfer', '@aws-sdk/client-s3': 'network', 'apache-arrow': 'catalog', yauzl: 'verify', pg: 'sources', 'pg-cursor': 'sources', bullmq: 'engine', ioredis: 'engine', ...Object.fromEntries(['api', 'resources', 'sdk-metrics', 'sdk-trace-base', 'exporter-metrics-otlp-http', 'exporter-trace-otlp-http'].map((name) => [`@opentelemetry/${name}`, 'telemetry'])) };

/** Root files any room may import; `index` and `cli` are for the outside only. */
const ROOT_FILES = new Set(['errors', 'effects', 'heavy-packages', 'package-root']);

interface Import {
  file: string;
  room: string;
  specifier: string;
  target: string | null;
}

const sourceRoot = join(PACKAGE_ROOT, 'src');

function imports(): Import[] {
  const files = readdirSync(sourceRoot, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return files.flatMap((file) => {
    const text = readFileSync(join(sourceRoot, file), 'utf8');
    const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!);
    const room = file.includes('/') ? file.split('/')[0]! : '';
    return specifiers.map((specifier) => {
      const target = specifier.startsWith('.') ? relative(sourceRoot, join(sourceRoot, file, '..', specifier)) : null;
      return { file, room, specifier, target };
    });
  });
}

test('rooms import only the rooms below them', () => {
  const broken: string[] = [];
  for (const { file, room, target } of imports()) {
    if (target === null || room === '') continue;
    const targetRoom = target.includes('/') ? target.split('/')[0]! : '';
    if (targetRoom === '' ? ROOT_FILES.has(target.replace(/\.js$/, '')) : targetRoom === room) continue;
    const rule = ROOMS[room];
    if (rule === undefined) broken.push(`${file}: room ${room} has no rule`);
    else if (!rule.may.includes(targetRoom) && !(file === `${room}/run.ts` && rule.run?.includes(targetRoom)))
      broken.push(`${file} imports ${target}`);
  }
  expect(broken).toEqual([]);
});

test('a package with an owner is imported by its owner only', () => {
  const broken = imports().filter(({ room, specifier }) => (OWNED_PACKAGES[specifier] ?? room) !== room);
  expect(broken.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
});

test('no room re-exports itself through an index', () => {
  const indexes = readdirSync(sourceRoot, { recursive: true, encoding: 'utf8' }).filter((name) => /.+\/index\.ts$/.test(name));
  expect(indexes.filter((name) => !name.startsWith('commands/'))).toEqual([]);
});
