import { plainColumn, type CarriedColumn } from '../../clinical/dictionary.js';
import type { DictionaryColumn, DictionaryLink } from '../../model/dictionary.js';
import { attributeColumn } from '../candidate/attribute-columns.js';
import { VERSION_RULES } from '../diff/version.js';

/** What a column of one of our own tables means. */
interface OwnColumn {
  description: string;
  unit?: string;
  /** Missing-value rule; absent when the column never holds NULL. */
  missing?: string;
  /** Allowed values and their meaning. */
  values?: readonly (readonly [value: string, meaning: string])[];
  form?: string;
  range?: readonly [minimum: number, maximum: number | null];
  /** `<table>/<column>` of the row that it names. */
  link?: string;
}

/** Withdrawal reasons, as WITHDRAWAL_REASONS lists them. */
const REASONS = [
  ['consent', 'the person took the consent back'],
  ['phi', 'it could identify somebody'],
  ['quality', 'it was not fit for use'],
  ['duplicate', 'it was another case once more'],
  ['legal', 'the law, a contract or an authority asked for it'],
] as const;

const COUNT = { range: [0, null] } as const;
const SHA256 = { form: '64 lower-case hex digits' };
const NONE_CHANGED = 'NULL: the change is not about one.';

/** By `<table>/<column>` where a name means different things, else by the name alone; one sentence each. */
const OWN_COLUMNS: ReadonlyMap<string, OwnColumn> = new Map<string, OwnColumn>([
  ['case_id', { description: 'The case: a patient under a pseudonym.', link: 'cases/case_id' }],
  ['cases/case_id', { description: 'The case: a patient under a pseudonym.' }],
  ['tombstones/case_id', { description: 'The case that was withdrawn.' }],
  ['changes/case_id', { description: 'The case that changed.', missing: 'NULL: the change is not about a case, or about several.' }],
  ['digest', { description: 'Content hash: sha256 over level, id and the sorted digests of what it holds (CONTENT clauses of the release format).', ...SHA256 }],
  ['md5', { description: 'md5 over the sorted md5s of what it holds, as GA4GH and IDC compute it; protects nothing.', form: '32 lower-case hex digits' }],
  ['instances/md5', { description: 'md5 of the file; protects nothing.', form: '32 lower-case hex digits' }],
  ['studies', { description: 'Number of imaging studies of the case.', unit: 'studies', ...COUNT }],
  ['series', { description: 'Number of series it holds.', unit: 'series', ...COUNT }],
  ['instances', { description: 'Number of images it holds.', unit: 'images', ...COUNT }],
  ['size_bytes', { description: 'Size of its image files together.', unit: 'bytes', ...COUNT }],
  ['instances/size_bytes', { description: 'Size of the file.', unit: 'bytes', ...COUNT }],
  ['modalities', { description: 'Distinct values of Modality (0008,0060) in the study, sorted.', missing: 'NULL: no series of the study has one.' }],
  ['series/Modality', { description: 'Type of equipment that acquired the series.', missing: 'NULL: its images have none, or disagree.' }],
  ['StudyInstanceUID', { description: 'UID of the study.', link: 'studies/StudyInstanceUID' }],
  ['studies/StudyInstanceUID', { description: 'UID of the study.' }],
  ['SeriesInstanceUID', { description: 'UID of the series.', link: 'series/SeriesInstanceUID' }],
  ['series/SeriesInstanceUID', { description: 'UID of the series.' }],
  ['SOPInstanceUID', { description: 'UID of the image.' }],
  ['path', { description: 'Path of the image file from the root of the release.', link: 'instances/path' }],
  ['instances/path', { description: 'Path of the image file from the root of the release.' }],
  ['sha256', { description: 'sha256 of the file.', ...SHA256 }],
  ['TransferSyntaxUID', { description: 'UID of the encoding of the file (0002,0010).', missing: 'NULL: the file does not say it.' }],
  ['split', { description: 'Name of the split.' }],
  ['part', { description: 'Part of the split that the case is in.' }],
  ['group_id', { description: 'Least case of the cases that move together.', link: 'cases/case_id' }],
  ['batch', { description: 'Number of the batch of the record that placed the case.', unit: '1', missing: 'NULL: placed before batches were counted, or in no part.', ...COUNT }],
  ['forced', { description: 'Whether a file forced the case into its part.' }],
  ['reason', { description: 'Class of the reason for the withdrawal.', values: REASONS }],
  ['since_version', { description: 'First release without the case.', form: 'a version number, such as 2.0.0' }],
  ['date', { description: 'Day of the withdrawal.' }],
  ['replacement', { description: 'Case of this release that takes its place.', missing: 'NULL: none does.', link: 'cases/case_id' }],
  ['rule', { description: 'Rule of the release number that the change falls under.', values: VERSION_RULES.map(({ rule, many }) => [rule, many] as const) }],
  ['table_name', { description: 'Clinical table that changed.', missing: NONE_CHANGED }],
  ['column_name', { description: 'Column that changed.', missing: NONE_CHANGED }],
  ['key', { description: 'Key of what changed: of a row, UID of an image, name of a split or of an entry of release.json.', missing: NONE_CHANGED }],
  ['before', { description: 'Value in the release before, as text.', missing: 'NULL: there was none, or it is not repeated (clause TABLE-7 of the release format).' }],
  ['after', { description: 'Value in this release, as text.', missing: 'NULL: there is none.' }],
  ['model', { description: 'Name of the model.' }],
  ['model_version', { description: 'Version of the model.' }],
  ['model_sha256', { description: 'sha256 of the ONNX file of the model.', ...SHA256 }],
  ['label', { description: 'Label that the model gave the image.', missing: "NULL: no label reached the model's threshold." }],
  ['score', { description: 'Score of the label, to 4 decimals.', unit: '1', missing: 'NULL where the label is.', range: [0, 1] }],
]);

const NEVER = 'Never NULL.';

/** Columns that name the rows of our own tables together. */
const OWN_KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ['cases', ['case_id']],
  ['studies', ['case_id', 'StudyInstanceUID']],
  ['series', ['case_id', 'StudyInstanceUID', 'SeriesInstanceUID']],
  ['instances', ['path']],
  ['splits', ['split', 'case_id']],
  ['draws', ['split', 'case_id']],
  ['tombstones', ['case_id']],
]);

/** The columns that name the rows of one of our own tables; none when they have no key. */
export function ownKey(table: string): readonly string[] {
  return OWN_KEYS.get(table) ?? [];
}

/** What a column of one of our own tables means. */
export function describeOwnColumn(table: string, column: CarriedColumn): DictionaryColumn {
  const plain = plainColumn(column);
  const key = ownKey(table).includes(column.name);
  const own = OWN_COLUMNS.get(`${table}/${column.name}`) ?? OWN_COLUMNS.get(column.name);
  if (own === undefined) return { ...describeAttribute(plain), key };
  const { description, unit, missing, values, form, range, link } = own;
  return {
    ...plain,
    description,
    unit: unit ?? null,
    required: missing === undefined,
    missing: missing ?? NEVER,
    enum: values?.map(([value]) => value) ?? null,
    values: values?.map(([value, meaning]) => ({ value, meaning, codes: [] })) ?? null,
    form: form ?? null,
    minimum: range?.[0] ?? null,
    maximum: range?.[1] ?? null,
    dicom_tag: attributeColumn(column.name)?.tag ?? null,
    key,
    link: link === undefined ? null : ownLink(link),
  };
}

/** Missing-value rules of attributes: a number cannot say that it is there without a value. */
const NO_TEXT = 'NULL: the header does not have it. Empty text: it is there without a value.';
const NO_LIST = 'NULL: the header does not have it. Empty list: it is there without a value.';
const NO_NUMBER = 'NULL: the header does not have it, has it without a value, or not in the form that DICOM asks for.';

function describeAttribute(column: DictionaryColumn): DictionaryColumn {
  const attribute = attributeColumn(column.column);
  if (attribute === null) return column;
  return {
    ...column,
    description: attribute.description,
    unit: attribute.unit ?? null,
    values: attribute.terms?.map(([value, meaning]) => ({ value, meaning, codes: [] })) ?? null,
    missing: column.type === 'string' ? NO_TEXT : column.items === 'string' ? NO_LIST : NO_NUMBER,
    dicom_tag: attribute.tag,
  };
}

function ownLink(target: string): DictionaryLink {
  const [table = '', column = ''] = target.split('/');
  return { table, column, multiplicity: 'many_to_one', resource: table };
}
