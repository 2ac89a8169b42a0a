import type { Catalog } from './catalog.js';
import { quoteLiteral } from './quoting.js';
import { markIncomplete } from './source-state.js';

/** What the items of a manifest are: files; series by SeriesInstanceUID; sets of files that are one series each, and files. */
export type ManifestKind = 'files' | 'series' | 'sets';

/** The path and all folders above it, as a list. */
const PLACES = "list_append([array_to_string(string_split(path, '/')[1:depth], '/') FOR depth IN range(1, len(string_split(path, '/')))], path)";

/** What archives put beside images: their lists and licences. */
const BESIDE = "error_code = 'not-dicom' AND NOT path ILIKE '%.dcm'";

/**
 * Holds a folder against the items of a manifest (`manifest_item`): `narrow` before its files are read, `settle` after. Works on the
 * tables of an `ImageLoad`.
 */
export class ManifestFolder {
  /** Files that the manifest does not list. */
  left_out = 0;
  private readonly literal: string;

  constructor(
    private readonly catalog: Catalog,
    private readonly source: string,
    private readonly kind: ManifestKind,
    /** Path of the manifest itself in the folder; null when it is elsewhere. */
    private readonly own: string | null,
  ) {
    this.literal = quoteLiteral(source);
  }

  /** Takes from the listing what the manifest does not list, as far as names tell; returns how many files remain. */
  async narrow(): Promise<number> {
    await markIncomplete(this.catalog, this.source, true);
    // They are said again, if they are still so.
    await this.catalog.run("DELETE FROM instance WHERE source = ? AND error_code IN ('not-given', 'unusable-name', 'checksum-mismatch')", [this.source]);
    if (this.own !== null) await this.catalog.run('DELETE FROM scanned_file WHERE path = ?', [this.own]);
    if (this.kind === 'files') this.left_out = await this.catalog.run('DELETE FROM scanned_file WHERE NOT EXISTS (FROM manifest_item AS item WHERE item.path = scanned_file.path AND item.unusable IS NULL)');
    if (this.kind === 'sets')
      this.left_out = await this.catalog.run(`DELETE FROM scanned_file WHERE NOT EXISTS (FROM manifest_item WHERE folder = '' AND unusable IS NULL) AND path NOT IN (
        SELECT path FROM (SELECT path, unnest(${PLACES}) AS place FROM scanned_file) WHERE place IN (SELECT coalesce(folder, path) FROM manifest_item WHERE unusable IS NULL))`);
    const [row] = await this.catalog.all<{ n: number }>('SELECT count(*) AS n FROM scanned_file');
    return row?.n ?? 0;
  }

  /** Makes rows of what is missing and of what is not as the manifest says, and drops what it does not list. */
  settle(): Promise<void> {
    return this.catalog.transaction(async () => {
      if (this.kind === 'files') await this.settleFiles();
      else {
        this.left_out += await this.catalog.run(`DELETE FROM instance WHERE source = ${this.literal} AND ${BESIDE}`);
        await (this.kind === 'series' ? this.settleSeries() : this.settleSets());
      }
      await this.insert("SELECT path, NULL::BIGINT AS size_bytes, unusable_code AS code, unusable AS error FROM manifest_item WHERE unusable IS NOT NULL");
    });
  }

  private async settleFiles(): Promise<void> {
    await this.catalog.run(`CREATE OR REPLACE TEMP TABLE unlike AS SELECT known.path, known.size_bytes, 'checksum-mismatch' AS code, CASE
        WHEN item.size_bytes <> known.size_bytes THEN 'The manifest says ' || item.size_bytes || ' bytes, the file has ' || known.size_bytes || '.'
        WHEN item.md5 <> known.md5 THEN 'The md5 of the file is not the one that the manifest says it has.'
        ELSE 'The sha256 of the file is not the one that the manifest says it has.' END AS error
      FROM instance AS known JOIN manifest_item AS item ON item.path = known.path
      WHERE known.source = ${this.literal} AND known.sha256 IS NOT NULL
        AND (item.size_bytes <> known.size_bytes OR item.md5 <> known.md5 OR item.sha256 <> known.sha256)`);
    await this.catalog.run(`DELETE FROM instance WHERE source = ${this.literal} AND path IN (SELECT path FROM unlike)`);
    await this.insert('SELECT path, size_bytes, code, error FROM unlike');
    await this.catalog.run('DROP TABLE unlike');
    await this.insert(this.missing("item.size_bytes", "'The folder does not have this file, which the manifest lists.'", 'true'));
  }

  private async settleSeries(): Promise<void> {
    this.left_out += await this.catalog.run(`DELETE FROM instance WHERE source = ${this.literal} AND SeriesInstanceUID IS NOT NULL AND SeriesInstanceUID <> ''
      AND NOT EXISTS (FROM manifest_item AS item WHERE item.path = instance.SeriesInstanceUID AND item.unusable IS NULL)`);
    await this.insert(`SELECT item.path, NULL::BIGINT AS size_bytes, 'not-given' AS code, 'The folder has no file of this series, which the manifest lists.' AS error FROM manifest_item AS item
      WHERE unusable IS NULL AND NOT EXISTS (FROM instance AS known WHERE known.source = ${this.literal} AND known.SeriesInstanceUID = item.path)`);
  }

  /** Sets have no name that their files know: each is one series, so there must be as many in a folder as sets were put there. */
  private async settleSets(): Promise<void> {
    await this.insert(this.missing('NULL::BIGINT', "'The folder does not have this file, which the manifest lists.'", 'NOT item.is_set'));
    await this.insert(`
      WITH due AS (SELECT folder, count(*) AS sets FROM manifest_item WHERE is_set AND unusable IS NULL GROUP BY folder),
        found AS (SELECT place, count(DISTINCT SeriesInstanceUID) AS series
          FROM (SELECT SeriesInstanceUID, unnest(list_append(${PLACES}, '')) AS place FROM instance WHERE source = ${this.literal}) GROUP BY place)
      SELECT CASE WHEN folder = '' THEN '*' ELSE folder || '/*' END AS path, NULL::BIGINT AS size_bytes, 'not-given' AS code,
        'The manifest puts ' || sets || ' series here, and there are files of ' || coalesce(series, 0) || '.' AS error
      FROM due LEFT JOIN found ON found.place = due.folder WHERE coalesce(series, 0) < sets`);
  }

  private missing(size: string, sentence: string, which: string): string {
    return `SELECT item.path, ${size} AS size_bytes, 'not-given' AS code, ${sentence} AS error FROM manifest_item AS item
      WHERE item.unusable IS NULL AND ${which} AND NOT EXISTS (FROM instance AS known WHERE known.source = ${this.literal} AND known.path = item.path)`;
  }

  private async insert(rows: string): Promise<void> {
    await this.catalog.run(`INSERT INTO instance (source, path, size_bytes, status, error_code, error) SELECT ${this.literal}, path, size_bytes, 'unreadable', code, error FROM (${rows}) ORDER BY path`);
  }
}
