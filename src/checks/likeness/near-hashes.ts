import type { EncodedRows } from '../check.js';
import { RELEASED_IMAGES } from '../sql.js';
import { findNearHashes, nearBits, type HashColumns } from './near-search.js';
import { DIGESTED, FILL_PICTURES, hasHeaderFacts, LOOKS, PICTURES } from './pixel-facts.js';

/** Pairs of perceptual hashes that are near duplicates, (one, other) with one <= other: what `nearPairs` looks up. Dropped after the run. */
export const NEAR_HASHES = 'check_near_hash';

/** The released pictures whose hash is in NEAR_HASHES: (case_id, h, d, source, path, pixel_digest). Dropped after the run. */
export const NEAR_LOOKS = 'check_near_look';

/** The hashes of the released pictures, each once in two halves, with the number of the case that alone has it, or 0. */
const HASHES = 'check_hash';

/** What is filled here, to be dropped after the run. */
export const LIKENESS_TABLES: readonly string[] = [PICTURES, DIGESTED, NEAR_HASHES, NEAR_LOOKS];

/** What filling the tables needs of a catalog. */
export interface PictureCatalog {
  run(sql: string): Promise<unknown>;
  all<T>(sql: string): Promise<T[]>;
  encodedTable(table: string, columns: readonly string[], where?: string): Promise<EncodedRows>;
  appender(table: string): Promise<{ appendRow(cells: readonly bigint[]): void; close(): void }>;
}

/**
 * Fills the tables that the rules about likeness look at. Which looks are near is found exactly, see near-search.ts.
 * @param bits see `near_duplicate_bits`
 */
export async function fillLikeness(catalog: PictureCatalog, bits: number): Promise<void> {
  for (const statement of FILL_PICTURES) await catalog.run(statement);
  await catalog.run(`CREATE OR REPLACE TABLE ${HASHES} AS
    SELECT (h >> 32)::BIGINT AS high, (h & 4294967295)::BIGINT AS low, CASE WHEN min(number) = max(number) THEN min(number) ELSE 0 END AS owner
    FROM ${PICTURES} WHERE h IS NOT NULL GROUP BY h`);
  await catalog.run(`CREATE OR REPLACE TABLE ${NEAR_HASHES} (one UBIGINT NOT NULL, other UBIGINT NOT NULL)`);
  await findPairs(catalog, nearBits(bits));
  await catalog.run(`INSERT INTO ${NEAR_HASHES} SELECT h, h FROM (SELECT (high::UBIGINT << 32) | low::UBIGINT AS h FROM ${HASHES} WHERE owner = 0)`);
  await catalog.run(`DROP TABLE ${HASHES}`);
  await catalog.run(`CREATE OR REPLACE TABLE ${NEAR_LOOKS} AS
    WITH near AS (SELECT one AS h FROM ${NEAR_HASHES} UNION SELECT other FROM ${NEAR_HASHES}),
    look AS (SELECT source, path, h, perceptual_detail AS d FROM (SELECT source, path, perceptual_detail, ${LOOKS} AS h FROM pixel_facts) WHERE h IN (FROM near))
    SELECT i.case_id, l.h, l.d, i.source, i.path, g.pixel_digest
    FROM look AS l JOIN ${RELEASED_IMAGES} AS i ON i.source = l.source AND i.path = l.path
    LEFT JOIN ${DIGESTED} AS g ON g.source = l.source AND g.path = l.path
    WHERE ${hasHeaderFacts('l')}`);
}

async function findPairs(catalog: PictureCatalog, bits: number): Promise<void> {
  const hashes = await readHashes(catalog);
  const appender = await catalog.appender(NEAR_HASHES);
  try {
    await findNearHashes(hashes, bits, (...halves) => {
      const [one, other] = [join(halves[0], halves[1]), join(halves[2], halves[3])];
      appender.appendRow(one < other ? [one, other] : [other, one]);
    });
  } finally {
    appender.close();
  }
}

function join(high: number, low: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

/** 12 bytes a hash, whatever else there is. */
async function readHashes(catalog: PictureCatalog): Promise<HashColumns> {
  const [row] = await catalog.all<{ n: number }>(`SELECT count(*) AS n FROM ${HASHES}`);
  const count = row?.n ?? 0;
  const hashes = { high: new Uint32Array(count), low: new Uint32Array(count), only: new Uint32Array(count) };
  const { chunks } = await catalog.encodedTable(HASHES, ['high', 'low', 'owner']);
  let read = 0;
  for await (const { rowCount, cells } of chunks()) {
    for (const [column, values] of [hashes.high, hashes.low, hashes.only].entries()) values.set((cells[column] as Float64Array).subarray(0, rowCount), read);
    read += rowCount;
  }
  return hashes;
}
