import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Catalog } from '../../src/catalog/catalog.js';
import { exportParquet } from '../../src/catalog/parquet.js';

/** Tables of a small release: four cases with two images each, two splits, and clinical tables with one row a case, and with several. */
const TABLES: Record<string, string> = {
  instances: `SELECT 'data/images/' || c || '/' || n || '.dcm' AS path, 10 * n AS size_bytes, c AS case_id, c || '.1' AS StudyInstanceUID, c || '.1.' || n AS SeriesInstanceUID,
    CASE WHEN n = 1 THEN 'CT' WHEN c = 'C4' THEN NULL ELSE 'DX' END AS Modality, CASE WHEN n = 1 THEN ['ORIGINAL', 'PRIMARY'] END AS ImageType, n * 0.5::DOUBLE AS SliceThickness
    FROM (VALUES ('C1'), ('C2'), ('C3'), ('C4')) AS cases(c), (VALUES (1), (2)) AS images(n)`,
  studies: "SELECT c AS case_id, c || '.1' AS StudyInstanceUID, ['CT', 'DX'] AS modalities FROM (VALUES ('C1'), ('C2'), ('C3'), ('C4')) AS cases(c)",
  splits: `SELECT * FROM (VALUES ('benchmark', 'C1', 'train'), ('benchmark', 'C2', 'test'), ('fold', 'C1', 'one'), ('fold', 'C2', 'one'), ('fold', 'C3', 'two'), ('other', 'C1', 'two'))
    AS rows(split, case_id, part)`,
  clinical_case: `SELECT * FROM (VALUES ('C1', 'F', 50, true, DATE '2020-01-01', {'a': 1}), ('C2', 'M', 90, false, DATE '2021-06-01', NULL), ('C3', NULL, NULL, NULL, NULL, NULL))
    AS rows(case_id, sex, age, positive, born, nested)`,
  clinical_measurement: "SELECT * FROM (VALUES ('C1', 'crp', 3.5), ('C1', 'ldh', 90.0), ('C2', 'crp', 80.0)) AS rows(case_id, kind, value)",
  clinical_visit: "SELECT 'C1' AS case_id, 'x' AS kind, 'evil\u001b[31m' AS \"odd name\"",
  tombstones: "SELECT 'C9' AS case_id, 'phi' AS reason",
};

/** Writes the tables below `folder` and returns where they are, by name. */
export async function writeSelectionTables(folder: string): Promise<Map<string, string>> {
  mkdirSync(folder, { recursive: true });
  const catalog = await Catalog.open(':memory:', { bare: true });
  const written = new Map<string, string>();
  try {
    for (const [name, query] of Object.entries(TABLES)) {
      written.set(name, join(folder, `${name}.parquet`));
      await exportParquet(catalog, { query, orderBy: ['case_id'], path: join(folder, `${name}.parquet`) });
    }
  } finally {
    catalog.close();
  }
  return written;
}
