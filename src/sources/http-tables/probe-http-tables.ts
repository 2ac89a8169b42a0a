import type { HttpTablesSource } from '../../model/source-config.js';
import { HttpClient, nameOf } from '../../network/http-client.js';
import { SourceFailure } from '../../network/source.js';
import { unreadable } from '../unreadable.js';
import { basic, baseUrl, placesOf } from './table-place.js';
import { judgeBody, judgeHead } from './table-answer.js';

/**
 * Asks a web server for every table and reads its first bytes.
 * @param access the url with the secrets in its place, and the header Authorization, null when there is none
 * @returns the folder, without user, password and query
 * @throws {CurationError} CONFIG_INVALID, SOURCE_UNREADABLE, INTERRUPTED
 */
export async function probeHttpTables(source: HttpTablesSource, access: { url: string; authorization: string | null }, { timeout_ms, signal }: { timeout_ms: number; signal: AbortSignal }): Promise<string> {
  const base = baseUrl(source.name, access.url);
  const client = new HttpClient({ timeout_ms, connections: 1, signal, onOtherHost: () => {} });
  try {
    for (const { table, file, url } of placesOf(source, base)) {
      try {
        const answer = await client.ask(url, { headers: {} }, access.authorization ?? basic(base));
        try {
          judgeHead(answer, false, file.endsWith('.gz'));
          const first = await judgeBody(answer, /\.(?:csv|tsv|json|ndjson|jsonl)$/.test(file)).next();
          if (first.done === true) throw new SourceFailure(`${answer.name} sends an empty file`, { retry: false });
        } finally {
          answer.close();
        }
      } catch (error) {
        if (!(error instanceof SourceFailure)) throw error;
        throw unreadable({ source: source.name, table }, error.message, ...(error.details.suggestions ?? ['Pull again later.']));
      }
    }
    return nameOf(base);
  } finally {
    client.close();
  }
}
