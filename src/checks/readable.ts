import type { InstanceErrorCode } from '../model/header.js';
import type { Check, CheckInput, Coverage, FindingDraft } from './check.js';

interface UnreadRow {
  source: string;
  path: string;
  status: string;
  error_code: InstanceErrorCode | null;
  error: string | null;
  sha256: string | null;
}

/** GATE-INCOMPLETE: files that could not be read or broke off, refused tables, and a catalog with nothing to release. */
export const readableCheck: Check = {
  codes: ['GATE-INCOMPLETE'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const [tables] = await input.catalog.all<{ n: number }>('SELECT count(*) AS n FROM table_file');
    coverage.looked('GATE-INCOMPLETE', input.images + (tables?.n ?? 0));
    if (input.acceptedCases === 0) yield nothingToRelease();
    const unread = `
      SELECT i.source, i.path, i.status, i.error_code, i.error, i.sha256 FROM instance AS i LEFT JOIN case_ AS c ON c.case_id = i.case_id
      WHERE i.status <> 'ok' AND coalesce(c.status, '') NOT IN ('rejected', 'withdrawn', 'withheld')`;
    for await (const rows of input.catalog.stream<UnreadRow>(unread)) for (const row of rows) yield unreadFile(row);
    const refused = `
      SELECT source, path, table_name, sha256 FROM table_file AS f WHERE status <> 'loaded'
      AND NOT EXISTS (SELECT 1 FROM source_defect AS d WHERE d.source = f.source AND d.path = f.path)`;
    for (const row of await input.catalog.all<{ source: string; path: string; table_name: string; sha256: string }>(refused))
      yield {
        code: 'GATE-INCOMPLETE',
        message: 'The table was refused, so none of its rows is judged.',
        location: { kind: 'file', path: `${row.source}/${row.path}`, table: row.table_name },
        content: null,
      };
  },
};

function unreadFile(row: UnreadRow): FindingDraft {
  const location = { kind: 'file' as const, path: `${row.source}/${row.path}` };
  if (row.error_code === 'dicomdir')
    return {
      code: 'GATE-INCOMPLETE',
      level: 'info',
      message: 'A DICOMDIR lists other files and is not released.',
      location,
      content: row.sha256 ?? '',
    };
  if (row.error_code === 'folder-marker')
    return { code: 'GATE-INCOMPLETE', level: 'info', message: 'An empty object marks a folder and is not released.', location, content: '' };
  return {
    code: 'GATE-INCOMPLETE',
    message: row.status === 'partial' ? 'The header of the file breaks off: what follows is not judged.' : 'The file could not be read, so it is not judged.',
    location,
    hint: row.error ?? undefined,
    expected: 'a whole DICOM file',
    found: row.error_code ?? row.status,
    content: [row.error_code ?? row.status, row.sha256 ?? ''].join(' '),
  };
}

function nothingToRelease(): FindingDraft {
  return {
    code: 'GATE-INCOMPLETE',
    message: 'No case is accepted, so there is nothing to judge.',
    location: { kind: 'dataset' },
    hint: 'See `accept` in colophon.yaml, then run: colophon pull',
    content: null,
  };
}
