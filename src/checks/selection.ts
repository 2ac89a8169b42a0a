import { CurationError } from '../errors.js';
import type { CheckEntry } from '../model/check.js';
import { FILE_RULES } from '../model/file-rules.js';
import { nearMiss } from '../model/near-miss.js';
import type { Code } from './codes.js';
import { implementedCodes, listChecks } from './programme.js';

/**
 * The rules that `--only` names: codes, or groups such as SCH. Empty names all of them.
 * @throws {CurationError} CHECK_UNKNOWN for a name that is neither, or a rule that this version does not run
 */
export function selectCodes(only: readonly string[]): Set<Code> {
  const running = implementedCodes();
  if (only.length === 0) return new Set(running);
  return new Set(only.flatMap((name) => selectCode(name.trim().toUpperCase(), running)));
}

function selectCode(name: string, running: Code[]): Code[] {
  const chosen = running.filter((code) => code === name || code.startsWith(`${name}-`));
  if (chosen.length > 0) return chosen;
  const entries = listChecks();
  const known = entries.some(({ code, group }) => code === name || group === name);
  throw new CurationError('CHECK_UNKNOWN', known ? `This version does not run ${name}` : `There is no check ${name}`, {
    suggestions: [suggestCode(name, entries), 'See `colophon checks list`.'].filter((text) => text !== null),
  });
}

/**
 * One entry of the catalogue.
 * @throws {CurationError} CHECK_UNKNOWN
 */
export function showCheck(code: string): CheckEntry {
  const name = code.trim().toUpperCase();
  const entries = listChecks();
  const entry = entries.find((candidate) => candidate.code === name);
  if (entry !== undefined) return entry;
  throw new CurationError('CHECK_UNKNOWN', `There is no check ${name}`, {
    suggestions: [suggestCode(name, entries), 'See `colophon checks list`.'].filter((text) => text !== null),
  });
}

function suggestCode(name: string, entries: CheckEntry[]): string | null {
  const near = nearMiss(
    name,
    entries.flatMap(({ code, group }) => [code, group]),
  );
  return near === undefined ? null : `Did you mean ${near}?`;
}

/** Rules over the set that compare facts of single files. */
const FACT_RULES: readonly string[] = ['REF-006', 'DUP-003', 'DUP-004', 'DUP-006', 'DUP-008', 'DUP-009', 'DID-015', 'DID-095', 'GOV-004'];

/** Whether any of the rules that `--only` names needs the images to be looked at one by one. */
export function needsInspection(only: readonly string[]): boolean {
  const needing = new Set<string>([...FILE_RULES.header, ...FILE_RULES.pixels, ...FILE_RULES.text, ...FILE_RULES.opinion, ...FACT_RULES]);
  return [...selectCodes(only)].some((code) => needing.has(code));
}
