import type { KeyStatementReport } from '../model/key-statement.js';
import { escapeText } from './escape.js';
import { joinWords, styleOf, wrapText, type TextOptions } from './style.js';

/** A statement about a signing key: what it says, who signed it, and what to do next. */
export function renderKeyStatement(report: KeyStatementReport, options: TextOptions = {}): string {
  const style = styleOf(options);
  const { dry_run, statement, digest, path, key, successor, signed_by } = report;
  const from = statement.from_sequence;
  const what = successor === null ? `${key} is not trusted for release ${from} and later` : `${successor} signs in the place of ${key} from release ${from} on`;
  return [
    dry_run ? `Nothing was signed. The statement ${escapeText(path)} would say:` : `${style.green('✓')} ${escapeText(path)} says since ${escapeText(statement.date)}:`,
    ...wrapText(escapeText(what), '  '),
    escapeText(`  digest ${digest}`),
    ...(dry_run ? [] : wrapText(escapeText(`signed by ${joinWords(signed_by)}`), '  ')),
    ...adviceFor(report).flatMap((line) => wrapText(line, '')),
  ].join('\n');
}

function adviceFor({ dry_run, successor }: KeyStatementReport): string[] {
  if (dry_run) return ['Run it without --dry-run to sign it.'];
  if (successor === null) return ['Tell your readers: copies that they have do not know it yet. `colophon release sign VERSION` brings it into a published release.'];
  return ['Now set release.signer in colophon.yaml to the new key. Publish the digest where your readers look; their allowed signers need `namespaces="colophon-*"`, or no namespaces.'];
}
