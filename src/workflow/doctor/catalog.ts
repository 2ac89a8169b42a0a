import { openForQuery } from '../../catalog/query.js';
import { CurationError } from '../../errors.js';
import type { Workspace } from '../../workspace/workspace.js';
import { failedBy, ok, skipped, warning, type Answer } from './probe.js';

/** Opens the catalog for reading, and tells its version and how the last run ended. */
export async function tryCatalog({ paths, memory }: Workspace): Promise<Answer[]> {
  try {
    const catalog = await openForQuery(paths.catalog, { memory });
    try {
      const [state] = await catalog.all<{ version: number; images: number; tables: number }>('SELECT (SELECT max(version) FROM schema_version) AS version, (SELECT count(*) FROM instance) AS images, (SELECT count(*) FROM table_file) AS tables');
      const [last] = await catalog.all<{ command: string; outcome: string; error_code: string | null }>('SELECT command, outcome, error_code FROM runs ORDER BY number DESC LIMIT 1');
      return [ok(`version ${state?.version}; ${state?.images} images, ${state?.tables} tables`), ...(last === undefined ? [] : [{ what: 'last run', ...judgeLast(last) }])];
    } finally {
      catalog.close();
    }
  } catch (error) {
    return [judgeFailure(error)];
  }
}

function judgeFailure(error: unknown): Answer {
  if (!(error instanceof CurationError)) return failedBy(error);
  const { code, expected, found } = error;
  if (code === 'CATALOG_EMPTY') return skipped('nothing was pulled yet', 'Run: colophon pull');
  if (code === 'CATALOG_LOCKED') return warning('a command is writing it now', 'Ask again when it is done.');
  if (code === 'CATALOG_FAILED' && found?.startsWith('catalog version') === true) return warning(found, 'The next pull brings it to the version of this program.', expected);
  return failedBy(error);
}

/** What is to be said of the last run that wrote. */
export function judgeLast({ command, outcome, error_code }: { command: string; outcome: string; error_code: string | null }): Answer {
  const told = `${command}: ${outcome}${error_code === null ? '' : ` (${error_code})`}`;
  // Nobody writes now, or the catalog would be locked.
  if (outcome === 'running' || outcome === 'unfinished') return warning(`${command} was killed before it ended`, `Run it again: colophon ${command}`);
  return outcome === 'failed' ? warning(told, `Run it again, and read what it says: colophon ${command}`) : ok(told);
}
