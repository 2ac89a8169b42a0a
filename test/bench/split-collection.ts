import type { Catalog } from '../../src/catalog/catalog.js';
import type { TextInput } from '../support/split-input.js';

/**
 * Writes a collection into a catalog as pull would: the table `case` with a column a variable (several values joined by
 * commas), its rows linked to accepted cases, an image a study, and links between patients in the column `patient`.
 */
export async function fillCatalog(catalog: Catalog, { cases, rows, variables, ties = [] }: TextInput): Promise<void> {
  const patientOf = new Map(ties.filter(({ kind }) => kind === 'patient').map(({ key, case_id }) => [case_id, key]));
  const names = variables.map(({ name }) => name);
  const columns = ['submitter_id', 'patient', ...names];
  const declared = columns.map((name) => `"${name}" VARCHAR`).join(', ');
  await catalog.run(`CREATE TABLE raw_case (source VARCHAR, source_row BIGINT, ${declared})`);
  await catalog.run('CREATE TABLE staged_image (path VARCHAR, case_id VARCHAR, study VARCHAR)');
  await catalog.transaction(async () => {
    const [table, accepted, links, images] = [await catalog.appender('raw_case'), await catalog.appender('case_'), await catalog.appender('row_case'), await catalog.appender('staged_image')];
    for (const [index, id] of cases.entries()) {
      const cells = variables.map(({ values }) => values[index]!).map((value) => (typeof value === 'string' ? value : value.join(','))).map((text) => (text === '' ? null : text));
      table.appendRow(['clinical', index + 1, id, patientOf.get(id) ?? null, ...cells]);
      accepted.appendRow([id, 'accepted', '']);
      links.appendRow(['case', 'clinical', index + 1, id]);
      for (let study = 0; study < (rows?.[index] ?? 0); study++) images.appendRow([`${id}/${study}`, id, `2.25.${index}.${study}`]);
    }
    for (const appender of [table, accepted, links, images]) appender.close();
  });
  await catalog.run('CREATE TABLE clinical_case AS SELECT * FROM raw_case');
  await catalog.run("INSERT INTO instance (source, path, status, case_id, StudyInstanceUID, Modality) SELECT 'images', path, 'ok', case_id, study, 'DX' FROM staged_image");
  await catalog.run('INSERT INTO clinical_table (table_name, columns, key_column) VALUES (?, ?::VARCHAR[], ?)', ['case', columns, 'submitter_id']);
}
