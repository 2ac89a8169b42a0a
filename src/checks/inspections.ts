import { FILE_RULES } from '../model/file-rules.js';
import type { Level } from '../model/finding.js';
import type { Check, CheckInput, Coverage, FindingDraft } from './check.js';
import { isCode, type Code } from './codes.js';
import { RELEASED_IMAGES } from './sql.js';

/** A finding of a rule about a single file, as the inspection left it. */
interface InspectionFindingRow {
  source: string;
  path: string;
  code: string;
  level: Level | null;
  message: string;
  tag: string | null;
  hint: string | null;
  expected: string | null;
  found: string | null;
  content: string | null;
  sha256: string | null;
}

interface UnjudgedRow {
  source: string;
  path: string;
  reason: string | null;
  /** Null for an image of which only the header was read. */
  sha256: string | null;
}

const RULES: readonly Code[] = ([...FILE_RULES.header, ...FILE_RULES.text, ...FILE_RULES.opinion] as readonly string[]).filter(isCode);

/** Rules about single files: what their inspection in worker threads found. An image that was not judged is an error. */
export const inspectionCheck: Check = {
  codes: [...RULES, 'GATE-INCOMPLETE'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    if (input.images === 0) {
      for (const code of RULES) coverage.notApplicable(code, 'there are no image files');
      return;
    }
    const unjudgedFiles = (await countReadable(input)) - (await countJudged(input, coverage));
    if (unjudgedFiles > 0) for await (const rows of input.catalog.stream<UnjudgedRow>(UNJUDGED)) for (const row of rows) yield unjudged(row);
    for await (const rows of input.catalog.stream<UnjudgedRow>(FAILED)) for (const row of rows) yield unjudged(row);
    for await (const rows of input.catalog.stream<InspectionFindingRow>(FINDINGS)) for (const row of rows) yield fileFinding(row);
  },
};

const NOTHING_OF_THE_KIND = 'no image holds anything of that kind';

/** What the stages said of the bytes that would be released. */
const JUDGED = `${RELEASED_IMAGES} AS i JOIN inspected AS d ON d.source = i.source AND d.path = i.path AND d.sha256 = i.sha256`;

const READABLE = "i.status IN ('ok', 'partial')";

/** Every readable image went through the first stage. */
const UNJUDGED = `
  SELECT i.source, i.path, NULL::VARCHAR AS reason, i.sha256 FROM ${RELEASED_IMAGES} AS i WHERE ${READABLE}
    AND NOT EXISTS (FROM inspected AS d WHERE d.stage = 'header' AND d.source = i.source AND d.path = i.path AND d.sha256 = i.sha256)`;

/** What a stage wanted to look at, it could. */
const FAILED = `SELECT DISTINCT i.source, i.path, d.reason, i.sha256 FROM ${JUDGED} WHERE d.outcome <> 'judged'`;

const FINDINGS = `
  SELECT f.source, f.path, f.code, f.level, f.message, f.tag, f.hint, f.expected, f.found, f.content, i.sha256
  FROM ${JUDGED} JOIN inspection_finding AS f ON f.stage = d.stage AND f.source = i.source AND f.path = i.path`;

async function countReadable({ catalog }: CheckInput): Promise<number> {
  const [row] = await catalog.all<{ n: number }>(`SELECT count(*) AS n FROM ${RELEASED_IMAGES} AS i WHERE ${READABLE}`);
  return row?.n ?? 0;
}

/**
 * Files of one kind are looked at by the same rules, so there are few distinct lists of them.
 * @returns how many readable images went through the first stage, each of which it looked at once
 */
async function countJudged(input: CheckInput, coverage: Coverage): Promise<number> {
  // a list is as long as all rules together, so that it is carried through the join by its hash
  const said = "SELECT stage, source, path, sha256, outcome = 'judged' AS judged, hash(applied) AS list FROM inspected WHERE stage = 'header' OR applied <> ''";
  const rows = await input.catalog.all<{ applied: string; judged: boolean; files: number; readable: number }>(
    `WITH counted AS (
       SELECT d.list, d.judged, count(*) AS files, count(*) FILTER (d.stage = 'header' AND ${READABLE}) AS readable
       FROM ${RELEASED_IMAGES} AS i JOIN (${said}) AS d ON d.source = i.source AND d.path = i.path AND d.sha256 = i.sha256 GROUP BY ALL)
     SELECT l.applied, c.judged, c.files, c.readable FROM counted AS c JOIN (SELECT DISTINCT applied FROM inspected) AS l ON hash(l.applied) = c.list ORDER BY ALL`,
  );
  for (const code of RULES) coverage.notApplicable(code, reasonWithout(code, input));
  for (const { applied, judged, files } of rows)
    if (judged) for (const code of applied.split(' ')) if (RULES.some((rule) => rule === code)) coverage.looked(code as Code, files);
  return rows.reduce((sum, { readable }) => sum + readable, 0);
}

/** Why a rule looked at no file. */
function reasonWithout(code: Code, { policy }: CheckInput): string {
  switch (code as string) {
    case 'DCM-019':
      return 'no second opinion was asked for (--second-opinion)';
    case 'DID-016':
    case 'DID-099':
      return policy.known_identifiers === null ? 'the policy names no list of known identifiers' : NOTHING_OF_THE_KIND;
    case 'DID-072':
      return policy.ocr === 'off' ? 'the policy reads no burned-in text (ocr is off)' : 'no image is of a class whose pixels are at risk';
    default:
      return NOTHING_OF_THE_KIND;
  }
}

function unjudged({ source, path, reason, sha256 }: UnjudgedRow): FindingDraft {
  if (sha256 === null)
    return {
      code: 'GATE-INCOMPLETE',
      message: 'Only the header of the image was read, so the image is not judged.',
      location: { kind: 'file', path: `${source}/${path}` },
      hint: `Set \`read: whole\` for the source ${source} in colophon.yaml, then run: colophon pull`,
      expected: 'an image of which every byte was read',
      content: null,
    };
  return {
    code: 'GATE-INCOMPLETE',
    message: reason === null ? 'The image was not judged by the rules about single files.' : 'The image could not be judged by the rules about single files.',
    location: { kind: 'file', path: `${source}/${path}` },
    hint: reason === null ? 'Run the whole gate: colophon check' : reason,
    expected: 'an image that every rule looked at',
    content: null,
  };
}

/** The content of the file is part of what a waiver binds to: an edited file loses its waivers. */
function fileFinding(row: InspectionFindingRow): FindingDraft {
  return {
    code: isCode(row.code) ? row.code : 'GATE-INCOMPLETE',
    ...(row.level === null ? {} : { level: row.level }),
    message: row.message,
    location: { kind: 'file', path: `${row.source}/${row.path}`, ...(row.tag === null ? {} : { tag: row.tag }) },
    hint: row.hint ?? undefined,
    expected: row.expected ?? undefined,
    found: row.found ?? undefined,
    content: row.content === null ? null : `${row.sha256 ?? ''} ${row.content}`,
  };
}
