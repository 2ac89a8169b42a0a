import type { ColumnMending } from '../model/mending.js';
import type { Catalog } from './catalog.js';
import { readTexts } from './mended-table.js';
import { MEND_CELL } from './mended-cell.js';

/** PatientIDs that are written otherwise than the column that they meet. */
const PATIENT_SPELLING = 'patient_spelling';

/**
 * Mends the PatientIDs as the column that they meet is mended, for the look-up alone, and counts the images. Returns SQL of the
 * PatientID of `instance` as it is looked up: the header, and its column, stay as they are.
 */
export async function readPatientIds(catalog: Catalog, mending: ColumnMending | null): Promise<string> {
  await catalog.run("DELETE FROM harmonization WHERE table_name = 'instance'");
  if (mending === null) return 'instance.PatientID';
  await readTexts(catalog, 'instance', [mending]);
  await catalog.run(`CREATE OR REPLACE TEMP TABLE ${PATIENT_SPELLING} AS SELECT text, mended FROM ${MEND_CELL} WHERE outcome = 'mended'`);
  await catalog.run(`INSERT INTO harmonization
    SELECT 'instance', 'PatientID', m.rule, m.outcome, m.shown_from, m.shown_to, m.reason, m.merges, count(*)
    FROM instance JOIN ${MEND_CELL} AS m ON m.text = instance.PatientID GROUP BY ALL ORDER BY ALL`);
  await catalog.run(`DROP TABLE ${MEND_CELL}`);
  return `coalesce((SELECT s.mended FROM ${PATIENT_SPELLING} AS s WHERE s.text = instance.PatientID), instance.PatientID)`;
}
