import { CurationError } from '../errors.js';
import { maskedCase } from '../model/amendment.js';
import { RELEASE_FILES, type ReleaseDocument } from '../model/release.js';
import { placesAround, placesNamed, type AmendmentPlace } from './amendment-places.js';
import { readAmendments } from './amendments.js';
import type { Inspection } from './inspection.js';
import { readLaterReleases } from './later-release.js';
import { soundTables, tableOfPath } from './sound-tables.js';
import type { CaseHolding } from './table-reader.js';
import type { Told } from './told.js';

const IMAGES = 'data/images/';

/**
 * Looks for what was said of this release after it was published: by amendments in the copy, beside it, and where the caller says;
 * and by the tombstones of later releases. Then finds out which of those cases this copy holds.
 */
export async function lookForWithdrawals(inspection: Inspection): Promise<void> {
  const { document: release, notChecked } = inspection;
  if (release === null) return void notChecked.push('Whether cases were withdrawn since: release.json cannot be used.');
  const told = await listen(inspection, release);
  if (told.length === 0) return;
  const local = lookIntoManifest(inspection, new Set(told.flatMap(({ case_id }) => case_id ?? [])));
  const holdings = await readHoldings(inspection, local.tables, told);
  const byName = new Map((holdings ?? []).flatMap((holding) => [[holding.case_id, holding], [maskedCase(holding.digest), holding]] as const));
  const extras = new Set(inspection.extras.map(caseOfPath));
  for (const each of mergeTold(told)) {
    const holding = [each.case_id ?? '', ...each.digests.map(maskedCase)].map((name) => byName.get(name)).find((found) => found !== undefined);
    const isThere = each.case_id !== null && (local.paths.has(each.case_id) || extras.has(each.case_id));
    if (holding !== undefined || isThere) hold(inspection, each, holding, local.paths);
    else if (each.held && holdings === null) hold(inspection, each, undefined, local.paths);
    else if (each.held) inspection.report('amendment-invalid', each.source, 'It says of a case that this release holds it, and the table of cases of this release has no such case.', { found: each.name });
  }
}

/** What all places say together. The caller's places must say something of this dataset; those around need not exist. */
async function listen(inspection: Inspection, release: ReleaseDocument): Promise<Told[]> {
  const { options, root, notChecked, rootFiles } = inspection;
  const places = [placesAround(root), ...(options.amendments ?? []).map(placesNamed)];
  const files = withoutRepeats(places.flatMap((each) => each.files));
  const releases = withoutRepeats(places.flatMap((each) => each.releases));
  const said = readAmendments(inspection, release, files);
  const buried = await readLaterReleases(inspection, release, releases);
  if (said === null && buried === null) {
    for (const named of options.amendments ?? []) inspection.report('amendment-invalid', named, `Nothing there is an amendment, or a later release, of the dataset ${release.dataset.id}.`);
    const notice = rootFiles.has(RELEASE_FILES.notice) ? ` Its ${RELEASE_FILES.notice} says that there was something to tell.` : '';
    notChecked.push(`Whether cases were withdrawn since: no amendment and no later release lies beside this copy.${notice} Ask the publisher for the newest amendment, and name it: --amendments.`);
  }
  return [...(buried ?? []), ...(said ?? [])];
}

/** One file may be found by itself and be named too: then it counts as named. */
function withoutRepeats(places: readonly AmendmentPlace[]): AmendmentPlace[] {
  return [...new Map(places.map((place) => [place.path, place])).values()];
}

/** Of what is told of one case several times, the last: that of the newest amendment. */
function mergeTold(told: readonly Told[]): Told[] {
  const merged = new Map<string, Told>();
  for (const each of told) {
    const known = merged.get(each.name);
    merged.set(each.name, { ...each, held: each.held || known?.held === true, since_version: each.since_version ?? known?.since_version ?? null });
  }
  return [...merged.values()];
}

/** The images of wanted cases by the folders that they lie in, and the tables, as the manifest lists them. */
function lookIntoManifest({ payload }: Inspection, wanted: ReadonlySet<string>): { paths: Map<string, string[]>; tables: Map<string, number> } {
  const paths = new Map<string, string[]>();
  const tables = new Map<string, number>();
  for (let number = 0; number < payload.length; number++) {
    const path = payload.pathOf(number);
    const table = tableOfPath(path);
    if (table !== null) tables.set(table, number);
    const case_id = caseOfPath(path);
    if (case_id === null || !wanted.has(case_id)) continue;
    const own = paths.get(case_id);
    if (own === undefined) paths.set(case_id, [path]);
    else own.push(path);
  }
  return { paths, tables };
}

/** The case whose folder a path is in: data/images/<case_id>/...; null elsewhere. */
export function caseOfPath(path: string): string | null {
  if (!path.startsWith(IMAGES)) return null;
  const end = path.indexOf('/', IMAGES.length);
  return end < 0 ? null : path.slice(IMAGES.length, end);
}

/** What the tables of this copy hold of the cases; null when they cannot be relied on, which is told. */
async function readHoldings(inspection: Inspection, listed: ReadonlyMap<string, number>, told: readonly Told[]): Promise<CaseHolding[] | null> {
  const reader = inspection.options.tables;
  const tables = reader === undefined ? new Map<string, string>() : soundTables(inspection, listed);
  const wanted = { cases: [...new Set(told.flatMap(({ case_id }) => case_id ?? []))], digests: [...new Set(told.flatMap(({ digests }) => digests))] };
  try {
    if (reader !== undefined && tables.has('cases') && tables.has('instances')) return await reader.readHoldings(tables, wanted);
  } catch (error) {
    if (!(error instanceof CurationError)) throw error;
  }
  inspection.notChecked.push('The tables of this copy, which are not as they were published or could not be read: withdrawn cases were looked for by the names of the folders of images, and what else the tables hold of them is not known.');
  return null;
}

/** Notes a withdrawn case that this copy holds, and which of its listed files are images of the case. */
function hold(inspection: Inspection, told: Told, holding: CaseHolding | undefined, local: ReadonlyMap<string, string[]>): void {
  const { payload, withdrawn, withdrawnPaths } = inspection;
  const case_id = holding?.case_id ?? told.case_id ?? told.name;
  const known = withdrawn.find((each) => each.case_id === case_id);
  const { reason, date, replacement, since_version, source } = told;
  if (known !== undefined) return void Object.assign(known, { reason, date, replacement, since_version: since_version ?? known.since_version, source });
  const content = { case_id, reason, date, replacement, since_version, source, paths: [], bytes: 0, destroyed: 0, tables: holding?.tables ?? [] };
  withdrawn.push(content);
  for (const path of [...(local.get(case_id) ?? []), ...(holding?.paths ?? [])]) if (payload.numberOf(path) !== undefined) withdrawnPaths.set(path, content);
}
