import type { Check, CheckInput, ClinicalTable, Coverage, FindingDraft } from './check.js';
import { identifier, judgedRows } from './sql.js';

/** Labels of direct identifiers (45 CFR 164.514(b)(2)(i)), as words joined by `_`; a schema that knows a column overrules them. */
const BANNED = new Set(
  `mrn medical_record medical_record_number medical_record_no record_number chart_number hospital_number patient_number hospital_id
  ssn social_security social_security_number national_id passport passport_number tax_id
  dob date_of_birth birth_date birthdate birthday birth_time dod date_of_death death_date
  name patient_name first_name last_name middle_name full_name given_name family_name surname maiden_name mother_name mothers_maiden_name father_name nickname initials
  phone phone_number telephone telephone_number mobile mobile_number cell cell_phone fax fax_number pager email e_mail email_address
  address street street_address address_line address_line1 address_line2 home_address city town county precinct neighborhood neighbourhood zip5 zip9 zip_plus4 latitude longitude lat lon gps geocode census_tract
  accession accession_number accession_no order_number visit_number encounter_number account account_number insurance insurance_number health_plan health_plan_number policy_number beneficiary_number member_id
  license_number licence_number drivers_license vehicle_plate license_plate vin device_serial serial_number
  ip ip_address url website mac_address username user_name login
  physician physician_name doctor doctor_name provider provider_name referring_physician radiologist radiologist_name technologist operator operator_name nurse_name npi
  emergency_contact next_of_kin guardian spouse employer fingerprint photo hospital hospital_name institution institution_name facility facility_name`.split(/\s+/),
);

/** DID-096, of labels: no column is one of direct identifiers. */
export function* bannedColumns({ tables }: CheckInput): Generator<FindingDraft> {
  for (const table of tables) {
    const known = new Set(table.schema?.columns.map(({ name }) => name));
    for (const column of table.columns) {
      if (known.has(column) || !BANNED.has(foldLabel(column))) continue;
      yield {
        code: 'DID-096',
        message: 'A column has the label of a direct identifier.',
        location: { kind: 'table', table: table.name, column },
        hint: 'Drop the column; when it holds something else, name it so that nobody mistakes it.',
        expected: 'no direct identifiers',
        found: 'such a label',
        content: column,
      };
    }
  }
}

/** `PatientName`, `patient-name` and `PATIENT NAME` are `patient_name`. */
export function foldLabel(label: string): string {
  return label.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_|_$/g, '');
}

interface HashRow {
  hashes: number;
  n: number;
}

/** Columns of identifiers: keys, and what is called one; digests of files are no identifiers of people. */
const ID_COLUMN = /(?:^|_)(?:id|ids|identifier|pseudonym|token|mrn|hash|key|number|accession)$/;
const DIGEST_COLUMN = /md5|sha\d|digest|checksum|object_id|etag/;
/** 128, 160 or 256 bits in hexadecimal. */
const HASH_FORM = '[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}';
/** A random UUID without its dashes (RFC 9562 5.4). */
const RANDOM_UUID = '[0-9a-fA-F]{12}4[0-9a-fA-F]{3}[89abAB][0-9a-fA-F]{15}';
const HASH_COUNTS = (value: string): string =>
  `count(DISTINCT ${value}) FILTER (regexp_full_match(${value}, '${HASH_FORM}') AND NOT regexp_full_match(${value}, '${RANDOM_UUID}')) AS hashes, count(DISTINCT ${value}) AS n`;

/** DID-098: identifiers are no hashes that everybody can compute. */
export const hashCheck: Check = {
  codes: ['DID-098'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    let columns = 0;
    for (const table of input.tables)
      for (const column of idColumns(table)) {
        columns += 1;
        const [row] = await input.catalog.all<HashRow>(`SELECT ${HASH_COUNTS(identifier(column))} FROM ${judgedRows(table)}`);
        if (row !== undefined && isHashed(row)) yield hashedColumn(row, { kind: 'table', table: table.name, column });
      }
    const [patients] = await input.catalog.all<HashRow>(`SELECT ${HASH_COUNTS('PatientID')} FROM instance WHERE case_id IN (SELECT case_id FROM case_ WHERE status = 'accepted')`);
    if (patients !== undefined && patients.n > 0) {
      columns += 1;
      if (isHashed(patients)) yield hashedColumn(patients, { kind: 'dataset', tag: 'PatientID' });
    }
    if (columns === 0) coverage.notApplicable('DID-098', 'nothing holds identifiers');
    else coverage.looked('DID-098', columns);
  },
};

/** Links repeat the keys of other tables. */
function idColumns({ columns, key, schema }: ClinicalTable): string[] {
  const links = new Set(schema?.links.map(({ column }) => column));
  return columns.filter((name) => !links.has(name) && (name === key || ID_COLUMN.test(foldLabel(name))) && !DIGEST_COLUMN.test(foldLabel(name)));
}

/** One is enough: no identifier drawn at random has the form by chance, and the others may be undone alone. */
function isHashed({ hashes }: HashRow): boolean {
  return hashes > 0;
}

function hashedColumn({ hashes, n }: HashRow, location: FindingDraft['location']): FindingDraft {
  return {
    code: 'DID-098',
    message: 'Identifiers have the form of a hash, which is undone by trying all numbers when it has no key.',
    location,
    hint: 'When the scheme is keyed and the key is kept apart, say so in a waiver.',
    expected: 'pseudonyms drawn at random, or a declared keyed scheme',
    found: `${hashes} of ${n} values`,
    content: `${location.table ?? ''} ${location.column ?? ''}`,
  };
}
