import type { Check, CheckInput, Coverage, FindingDraft } from '../check.js';
import { showName } from '../mask.js';
import { formulaStart } from './formula.js';
import { codePoint, findInvisible, isJoinerCode, type Invisible } from './invisible.js';
import { codebookTexts, configTexts, type OwnText } from './own-texts.js';
import { findSecret, holdsRandomRun, isTellingColumn } from './secrets.js';
import { releasedText } from './text-columns.js';
import { suspectTexts, type SuspectText } from './text-scan.js';

type Draft = Omit<FindingDraft, 'location'>;

/** SEC-120, SEC-121, SEC-151: every text that a release publishes, in one pass; a finding a text and column, not a row. */
export const releasedTextCheck: Check = {
  codes: ['SEC-120', 'SEC-121', 'SEC-151'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const tables = await releasedText(input);
    if (tables.length === 0) coverage.notApplicable('SEC-120', 'there are no tables, images and cases');
    for (const table of tables) {
      for (const code of ['SEC-120', 'SEC-121', 'SEC-151'] as const) coverage.looked(code, table.rows);
      for await (const suspects of suspectTexts(input, table)) for (const suspect of suspects) yield* judge(suspect);
    }
    const own = [...configTexts(input), ...codebookTexts(input)];
    for (const code of ['SEC-121', 'SEC-151'] as const) coverage.looked(code, own.length);
    for (const text of own) yield* judgeOwn(text);
    for (const { name, columns } of input.tables)
      for (const column of columns.filter(isTellingColumn)) yield { ...tellingColumn(), location: { kind: 'table', table: name, column } };
  },
};

function* judge(suspect: SuspectText): Generator<FindingDraft> {
  const { table, column, text, first } = suspect;
  const location = table.locate(column, first, text);
  for (const draft of [formula(suspect), invisible(suspect), secret(text), random(suspect)])
    if (draft !== null) yield { ...draft, found: `${draft.found}, ${howOften(suspect)}`, location };
}

function* judgeOwn({ text, location }: OwnText): Generator<FindingDraft> {
  const found = findInvisible(text);
  for (const draft of [found === null ? null : invisibleDraft(found, text), secret(text)]) if (draft !== null) yield { ...draft, location };
}

/** `in 3 rows, first C1`. */
function howOften({ rows, table, first }: SuspectText): string {
  const unit = rows === 1 ? table.unit.slice(0, -1) : table.unit;
  const key = first.key === null || table.unit === 'cases' ? '' : `, first ${showName(first.key)}`;
  return `in ${rows} ${unit}${key}`;
}

function formula({ text, formula: begins }: SuspectText): Draft | null {
  if (!begins) return null;
  return {
    code: 'SEC-120',
    message: 'The text begins like a formula, which a spreadsheet computes.',
    hint: 'Change it at the source; waive it when it is meant.',
    expected: 'a text that does not begin with = + - @ or a tab, or a number',
    found: `${formulaStart(text) ?? 'such a sign'} and ${[...text].length - 1} more characters`,
    content: text,
  };
}

function invisible({ text, cut, invisible: seen }: SuspectText): Draft | null {
  const found = findInvisible(text);
  if (found !== null) return invisibleDraft(found, text);
  // SQL saw more: a byte order mark, or what is behind the part that is looked at here. A joiner of letters is no fault.
  if (seen === null || (isJoinerCode(seen) && !cut)) return null;
  return invisibleDraft(findInvisible(String.fromCodePoint(seen)) ?? { kind: 'invisible', character: String.fromCodePoint(seen) }, text);
}

const INVISIBLE_WORDS: Record<Invisible, string> = {
  control: 'a control character',
  bidirectional: 'a character that turns the direction of writing',
  invisible: 'an invisible character',
};

function invisibleDraft({ kind, character }: { kind: Invisible; character: string }, text: string): Draft {
  return {
    code: 'SEC-121',
    message: `The text holds ${INVISIBLE_WORDS[kind]}.`,
    expected: 'characters that can be seen',
    found: codePoint(character),
    content: text,
  };
}

function secret(text: string): Draft | null {
  const kind = findSecret(text);
  if (kind === null) return null;
  return {
    code: 'SEC-151',
    message: `The text holds what looks like ${kind}.`,
    hint: 'Remove it at the source, and revoke it.',
    expected: 'no secret',
    found: `text of ${[...text].length} characters`,
    content: text,
  };
}

function random({ text, random: telling }: SuspectText): Draft | null {
  if (!telling || findSecret(text) !== null || !holdsRandomRun(text)) return null;
  return {
    code: 'SEC-151',
    level: 'warning',
    message: 'The text holds a long random word, as keys and tokens are.',
    expected: 'no secret',
    found: `text of ${[...text].length} characters`,
    content: text,
  };
}

function tellingColumn(): Draft {
  return {
    code: 'SEC-151',
    message: 'The name of the column says that it holds former ids, shifts of dates or keys.',
    hint: 'Leave the column out, or name it after what it holds.',
    expected: 'nothing that undoes the de-identification',
    content: 'telling column',
  };
}
