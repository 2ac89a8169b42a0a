import { quoteLiteral, type Catalog } from '../catalog/catalog.js';
import { canonicalJson } from '../fixity/canonical-json.js';
import type { PublishedSeed, RecordedCommitment } from '../model/commitment.js';
import { hiddenParts, publishedSplits, splitsAround, type HiddenPart } from '../model/hidden-parts.js';
import type { ExpandedSplit } from '../model/split-repeats.js';
import type { HiddenColumn } from '../release/candidate/hidden-cells.js';
import type { HiddenRelease } from '../release/candidate/hidden-release.js';
import type { SplitSource } from '../release/candidate/splits.js';
import { ALGORITHM } from '../splits/search/algorithm.js';
import type { CaseContext } from './case-rules.js';
import { readCommitments, readCommittedRows, readEntries } from './commitment-files.js';
import { hiddenColumns, readHiddenRows, type NamedColumn } from './hidden-rows.js';
import { publishedSeed, readSeedRecord, resolveSeed, secretSeed } from './seed-record.js';
import type { Session } from './session.js';

type Workspace = Session['workspace'];

/**
 * What a release of this workspace keeps back, what it publishes of that, and what stands in its way. Bring the status of the
 * cases up to date first.
 * @param sources the splits that are published
 * @throws {CurationError} CONFIG_INVALID, COMMITMENT_INVALID
 */
export async function describeHidden(session: Session, context: CaseContext, sources: readonly SplitSource[]): Promise<HiddenRelease> {
  const { workspace, catalog } = session;
  const { config } = workspace;
  const parts = hiddenParts(config).sort((a, b) => (a.split < b.split ? -1 : 1));
  const found = [];
  for (const hidden of parts) found.push(await describePart(session, context, hidden));
  const seeds = Object.entries(config.splits ?? {}).flatMap(([base, split]) => publishedSeed(workspace, { base, config: split }) ?? []);
  return {
    parts,
    columns: found.flatMap(({ columns }) => columns),
    commitments: found.flatMap(({ commitments }) => commitments),
    seeds: seeds.sort((a: PublishedSeed, b: PublishedSeed) => (a.split < b.split ? -1 : 1)),
    obstacles: found.flatMap(({ obstacles }) => obstacles),
    notes: [...found.flatMap(({ notes }) => notes), ...sharedSeeds(workspace, parts, sources), ...inferredTypes(session, parts), ...(await seenElsewhere(catalog, found.flatMap(({ columns }) => columns))), ...telltaleSplits(workspace, parts)],
  };
}

/**
 * How the published splits came about; a seed is left out that is secret still, or of a split that was drawn over hidden cases:
 * whoever has it can draw the split again for every guess at them, and compare.
 */
export async function publishedSources({ workspace, catalog }: Session): Promise<SplitSource[]> {
  const { config, paths } = workspace;
  const hidden = hiddenParts(config);
  const sources: SplitSource[] = [];
  for (const split of publishedSplits(config)) {
    const isSecret = secretSeed(split.config) === null ? await isDrawnOver(catalog, split, hidden) : readSeedRecord(paths, split.base)?.revealed !== true;
    sources.push({ name: split.name, algorithm: ALGORITHM, seed: isSecret ? null : String(resolveSeed(workspace, split).seed) });
  }
  return sources;
}

/** Whether a split hides a part itself, or places cases that another one hides. */
async function isDrawnOver(catalog: Catalog, { name, base }: ExpandedSplit, hidden: readonly HiddenPart[]): Promise<boolean> {
  if (hidden.some(({ split }) => split === base)) return true;
  for (const { split, part } of hidden) {
    const [row] = await catalog.all<{ drawn: boolean }>(
      'SELECT EXISTS (SELECT 1 FROM assignments AS a JOIN assignments AS h ON h.case_id = a.case_id WHERE a.split = ? AND h.split = ? AND h.part = ?) AS drawn',
      [name, split, part],
    );
    if (row?.drawn === true) return true;
  }
  return false;
}

type DescribedPart = Pick<HiddenRelease, 'columns' | 'commitments' | 'obstacles' | 'notes'>;

async function describePart({ workspace, catalog }: Session, context: CaseContext, hidden: HiddenPart): Promise<DescribedPart> {
  const { split, part } = hidden;
  const named = await hiddenColumns(catalog, hidden, context);
  const columns = hidden.columns === null ? [] : named.map(({ table, column }): HiddenColumn => ({ table, column, split, part }));
  const open = await countUnfrozen(catalog, split);
  const unfrozen = open === 0 ? [] : [`${open} ${open === 1 ? 'assignment' : 'assignments'} of ${split}, which has a hidden part, can still move. Run: colophon split freeze ${split}`];
  const last = readCommitments(workspace.paths, split).at(-1);
  if (last === undefined) {
    const note = `Nothing is committed of the hidden part ${part} of ${split}, so it cannot be proven later. Run: colophon split commit ${split} --key FILE`;
    return { columns, commitments: [], obstacles: unfrozen, notes: [note, ...notesOf(hidden)] };
  }
  const stale = await findStale(workspace, catalog, hidden, named, context, last);
  const { sequence: _sequence, date: _date, reason: _reason, key_check: _check, ...reference } = last;
  return { columns, commitments: [{ reference, text: readEntries(workspace.paths, last) }], obstacles: [...unfrozen, ...stale], notes: notesOf(hidden) };
}

function notesOf({ split, part, columns }: HiddenPart): string[] {
  if (columns === null || columns.length === 0) return [];
  return [`The cases of the hidden part ${part} of ${split} are released without ${columns.join(', ')}: an empty cell there tells that a case is hidden, unless others are empty too.`];
}

async function countUnfrozen(catalog: Catalog, split: string): Promise<number> {
  const [row] = await catalog.all<{ n: number }>(
    `SELECT count(*) AS n FROM assignments AS a JOIN case_ AS c ON c.case_id = a.case_id AND c.status IN ('accepted', 'withheld') WHERE a.split = ${quoteLiteral(split)} AND NOT a.frozen`,
  );
  return row?.n ?? 0;
}

/** A commitment that is published must be to the hidden part as it is now. */
async function findStale(workspace: Workspace, catalog: Catalog, hidden: HiddenPart, named: readonly NamedColumn[], context: CaseContext, last: RecordedCommitment): Promise<string[]> {
  const { split, part } = hidden;
  const mend = `Run: colophon split commit ${split} --key FILE --reason TEXT`;
  const names = named.map(({ name }) => name);
  if (last.dataset !== workspace.config.dataset.id || last.part !== part || last.columns.join('\n') !== names.join('\n'))
    return [`The last commitment of ${split} is to another dataset, part or columns than colophon.yaml names. ${mend}`];
  const committed = readCommittedRows(workspace.paths, last);
  if (committed === null) return [`The rows that were committed of ${split} are not in private/, so it cannot be told whether they are still the same. Bring the file back, or commit anew. ${mend}`];
  const rows = await readHiddenRows(catalog, hidden, named, context);
  return canonicalJson(rows) === canonicalJson(committed.rows) ? [] : [`The hidden part of ${split} is not as it was committed: cases or values changed since. ${mend}`];
}

/** Columns of the same name in other tables are released as they are. */
async function seenElsewhere(catalog: Catalog, hidden: readonly HiddenColumn[]): Promise<string[]> {
  const tables = await catalog.all<{ table_name: string; columns: string[] }>('SELECT table_name, columns FROM clinical_table ORDER BY table_name');
  const names = new Set(hidden.map(({ column }) => column.toLowerCase()));
  const known = new Set(hidden.map(({ table, column }) => `${table}\n${column}`));
  return tables.flatMap(({ table_name, columns }) =>
    columns
      .filter((column) => names.has(column.toLowerCase()) && !known.has(`${table_name}\n${column}`))
      .map((column) => `The table ${table_name} has a column ${column} too, which is released whole; hidden is only the one of another table.`),
  );
}

/** A seed that one split publishes is no secret of another. */
function sharedSeeds(workspace: Workspace, parts: readonly HiddenPart[], sources: readonly SplitSource[]): string[] {
  const { splits = {} } = workspace.config;
  return parts.flatMap(({ split }) => {
    const seed = splits[split]?.seed;
    if (typeof seed === 'object') return [];
    const twin = sources.find((source) => source.seed === String(seed));
    const told = twin === undefined ? 'stands in colophon.yaml' : `is that of ${twin.name}, which the release gives`;
    return [`The seed of ${split} ${told}: whoever has it and the data can draw the split again. A secret one: splits.${split}.seed: {file: private/${split}.seed}`];
  });
}

function inferredTypes({ pack }: Session, parts: readonly HiddenPart[]): string[] {
  if (pack !== null || parts.length === 0) return [];
  return ['No schema describes the tables, so the types of their columns are inferred from all rows, those of hidden cases among them.'];
}

/** Splits of the visible part whose rows tell, by who has none, who is hidden. */
function telltaleSplits({ config }: Workspace, parts: readonly HiddenPart[]): string[] {
  return Object.keys(config.splits ?? {}).flatMap((name) => {
    const around = splitsAround(config, name);
    const told = parts.find(({ split, part, columns }) => columns !== null && around.some((outer) => outer.split === split && outer.part !== part));
    return told === undefined ? [] : [`The rows of ${name} are those of a visible part of ${told.split}: released cases that have none may be hidden ones.`];
  });
}
