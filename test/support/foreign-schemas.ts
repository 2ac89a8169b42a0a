import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import { PACKAGE_ROOT } from '../../src/package-root.js';

/** What a JSON Schema of others says against a value; empty when it accepts it. */
export type ForeignSchema = (value: unknown) => string[];

/** The profile of Data Package 2.0. */
export function datapackageSchema(): ForeignSchema {
  const ajv = new Ajv({ strict: false, allErrors: true, formats: { textarea: true } });
  addFormats.default(ajv);
  return judge(ajv, JSON.parse(read('datapackage-v2.0.schema.json')) as object);
}

/** The schema of DataCite 4.5, which spells its own name in the way of draft 4. */
export function dataciteSchema(): ForeignSchema {
  const ajv = new Ajv2019({ strict: false, allErrors: true });
  addFormats.default(ajv);
  for (const format of ['year', 'yearmonth', 'datetime', 'year-range', 'yearmonth-range', 'date-range', 'datetime-range']) ajv.addFormat(format, true);
  return judge(ajv, JSON.parse(read('datacite-v4.5.schema.json').replace('"id":', '"$id":')) as object);
}

function read(name: string): string {
  return readFileSync(join(PACKAGE_ROOT, 'test/fixtures/formats', name), 'utf8');
}

function judge(ajv: Ajv | Ajv2019, schema: object): ForeignSchema {
  const validate = ajv.compile(schema);
  return (value) => (validate(value) === true ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`));
}
