import { CurationError } from '../errors.js';
import { readLines } from '../fixity/lines.js';
import { readDelimitedLines } from '../fixity/delimited-lines.js';
import { expectedFile } from './expected-file.js';
import type { EntrySink, ManifestLog } from './entry-sink.js';

/** DICOM PS3.5 9.1; leading zeros are forbidden there and met in the world. */
const UID = /^[0-9]+(?:\.[0-9]+)+$/;
const MAX_UID = 64;

const EXPECTED = 'a .tcia manifest with a line ListOfSeriesToDownload=, or a table with a column SeriesInstanceUID';

/**
 * Reads a manifest of The Cancer Imaging Archive, or a table of series as its interface gives them. Returns what it was.
 * @throws {CurationError} MANIFEST_INVALID when it is neither
 * @throws {UnreadableFileError}
 */
export function readTciaManifest(path: string, list: EntrySink, log: ManifestLog): string {
  if (/\.(?:csv|tsv)$/i.test(path)) return readSeriesTable(path, list, log);
  const header = new Map<string, string>();
  let listed = false;
  readLines(path, ({ text, number, defect }) => {
    const line = text.trim();
    if (defect === 'not-utf8' || defect === 'too-long') log.defect(number, 'The line cannot be read.');
    else if (line === '') return;
    else if (listed) addSeries(line, number, header.get('downloadServerUrl') ?? null, list, log);
    else {
      const [, key = '', value = ''] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? [];
      if (key === '') throw new CurationError('MANIFEST_INVALID', `${path}:${number}: a line of the head is no setting.`, { expected: EXPECTED, found: line.slice(0, 80) });
      if (header.has(key)) log.defect(number, 'A setting is there twice.', { kind: 'duplicate', found: key });
      header.set(key, value);
      listed = key === 'ListOfSeriesToDownload';
    }
  });
  if (!listed) throw new CurationError('MANIFEST_INVALID', `${path} lists no series.`, { expected: EXPECTED });
  const version = header.get('manifestVersion');
  if (version !== undefined && version !== '3.0') log.notes.push(`It has the manifest version ${version}; 3.0 is known.`);
  return 'tcia-manifest';
}

function addSeries(uid: string, line: number, server: string | null, list: EntrySink, log: ManifestLog): void {
  if (!UID.test(uid) || uid.length > MAX_UID) return log.defect(line, 'The line is no SeriesInstanceUID.', { found: uid });
  const origin = server !== null && URL.canParse(server) ? new URL(server).host : null;
  list.add(expectedFile(line, { id: uid, origin }));
}

function readSeriesTable(path: string, list: EntrySink, log: ManifestLog): string {
  let column = -1;
  readDelimitedLines(path, log, {
    onColumns(names) {
      column = names.findIndex((name) => name.replaceAll(' ', '') === 'seriesinstanceuid');
      if (column < 0) throw new CurationError('MANIFEST_INVALID', `${path} has no column SeriesInstanceUID.`, { expected: EXPECTED, found: names.join(', ').slice(0, 200) });
    },
    onRow: (cells, line) => addSeries(cells[column] ?? '', line, null, list, log),
  });
  return 'tcia-series-table';
}
