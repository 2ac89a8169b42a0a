import { beginBatch, claimImages, endBatch } from '../catalog/pull-batch.js';
import type { Effects } from '../effects.js';
import { canonicalJson } from '../fixity/canonical-json.js';
import type { SourceConfig } from '../model/source-config.js';
import type { Session } from './session.js';

/** Pulls a source as one batch of the provenance of its rows; what fails is a batch that never ended. */
export async function inBatch<T>({ catalog }: Session, source: SourceConfig, effects: Effects, pull: (batch: number) => Promise<T>): Promise<T> {
  const { name, kind, contributor = null } = source;
  const batch = await beginBatch(catalog, { source: name, kind, contributor, began: effects.now(), asked: askedFor(source) });
  const report = await pull(batch);
  await claimImages(catalog, name, batch);
  await endBatch(catalog, batch, effects.now());
  return report;
}

/** Settings of sources that say what was asked for, none of which is a secret once its URLs are bared. */
const TELLING = ['path', 'url', 'tables', 'match', 'bucket', 'prefix', 'suffix', 'endpoint', 'base_url', 'base_path', 'read', 'list_separator'];

/** What a source is asked for, as canonical JSON (RFC 8785). Variables of the environment stand as they are named. */
export function askedFor(source: SourceConfig): string {
  const told = Object.entries(source).filter(([name, value]) => TELLING.includes(name) && value !== undefined);
  return canonicalJson(Object.fromEntries(told.map(([name, value]) => [name, typeof value === 'string' ? bareUrl(value) : { ...(value as Record<string, string>) }])));
}

/** Who wrote a user, a password or a query into a URL meant them for its server alone. */
function bareUrl(text: string): string {
  return /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text) ? text.replace(/^([^:]+:\/\/)[^/?#]*@/, '$1').replace(/[?#].*$/s, '') : text;
}
