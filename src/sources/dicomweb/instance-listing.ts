import { sha256Hex } from '../../fixity/digest.js';
import type { RemoteFile } from '../remote/remote-source.js';
import { ahead } from './ahead.js';
import type { JsonDataSet } from './dicom-json.js';
import { attributeText } from './dicom-json-value.js';
import type { DicomwebClient, JsonAnswer } from './dicomweb-client.js';
import { instancePath, isUid } from './instance-path.js';
import { countOf, INSTANCES, INSTANCES_IN_SERIES, revisedText, SERIES, SERIES_IN_STUDY, STUDIES, type SearchLevel } from './search-levels.js';
import { searchAll, type Search, type SearchOutcome } from './search-pages.js';
import type { StudyMatch } from './study-match.js';

/** Results of one search beyond which a server is taken to have no end. */
const MAX_STUDIES = 20_000_000;
const MAX_CHILDREN = 1_000_000;

/** What a listing met that the user should know of; each is a count. */
export interface ListingOddities {
  /** Results that came more than once. */
  repeated: number;
  /** Series or studies that hold another number of results than the server says. */
  miscounted: number;
  /** Studies and series that hold nothing. */
  empty: number;
}

/** A study or series whose UID is one. */
interface Parent {
  /** Path of the resource: `/studies/1.2/series/1.3`. */
  path: string;
  uids: string[];
  /** What is known of it that makes a revision. */
  revised: string[];
  declared: number | null;
}

/** Lists the instances of a server: its studies, their series, their instances (QIDO-RS, PS3.18 10.6). */
export class InstanceListing {
  readonly oddities: ListingOddities = { repeated: 0, miscounted: 0, empty: 0 };
  readonly #longest = new Map<SearchLevel, { results: number }>();

  constructor(
    readonly client: DicomwebClient,
    readonly match: StudyMatch,
    /** Searches at the same time. */
    readonly atOnce: number,
  ) {}

  /**
   * Every instance of every study that is wanted. What the server names by something that is no UID comes as a file that cannot be used.
   * @throws {SourceFailure} INTERRUPTED
   */
  async *run(): AsyncGenerator<RemoteFile> {
    // Both wait for the same connections: what is behind the first study or series is asked for while that one is waited for.
    const series = ahead(this.#studies(), this.atOnce, async (study) => ('uids' in study ? await this.#series(study) : [study]));
    for await (const files of ahead(flatten(series), this.atOnce, async (each) => ('uids' in each ? await this.#instances(each) : [each]))) yield* files;
  }

  async *#studies(): AsyncGenerator<Parent | RemoteFile> {
    const root: Parent = { path: '', uids: [], revised: [], declared: null };
    const { name } = this.client;
    const search = this.#search(root, STUDIES, 'studies', this.match.parameters, MAX_STUDIES);
    for await (const study of this.#results(search)) {
      this.match.require(study, name);
      yield childOf(root, study, STUDIES, 'studies', countOf(study, SERIES_IN_STUDY));
    }
  }

  async #series(study: Parent): Promise<(Parent | RemoteFile)[]> {
    const found: (Parent | RemoteFile)[] = [];
    for await (const series of this.#results(this.#search(study, SERIES, 'series', [], MAX_CHILDREN))) found.push(childOf(study, series, SERIES, 'series', countOf(series, INSTANCES_IN_SERIES)));
    return found;
  }

  async #instances(series: Parent): Promise<RemoteFile[]> {
    const found: RemoteFile[] = [];
    for await (const instance of this.#results(this.#search(series, INSTANCES, 'instances', [], MAX_CHILDREN))) found.push(fileOf(series, instance));
    return found;
  }

  #search(parent: Parent, level: SearchLevel, resource: string, match: StudyMatch['parameters'], max: number): Search {
    const longest = this.#longest.get(level) ?? { results: 0 };
    this.#longest.set(level, longest);
    const path = `${parent.path}/${resource}`;
    const page = (offset: number, limit: number): Promise<JsonAnswer | null> => {
      const query = new URLSearchParams();
      for (const [key, value] of match) query.set(key, value);
      for (const tag of level.included) query.append('includefield', tag);
      query.set('limit', String(limit));
      query.set('offset', String(offset));
      return this.client.json(path, query);
    };
    return { name: `The results of ${this.client.name}${path}`, key: level.key, page, declared: parent.declared, longest, max };
  }

  /** The results of a search, and what was odd about them. */
  async *#results(search: Search): AsyncGenerator<JsonDataSet> {
    const results = searchAll(search);
    let outcome: SearchOutcome;
    for (;;) {
      const step = await results.next();
      if (step.done === true) {
        outcome = step.value;
        break;
      }
      yield step.value;
    }
    this.oddities.repeated += outcome.repeated;
    if (search.declared !== null && search.declared !== outcome.results) this.oddities.miscounted += 1;
    if (outcome.results === 0) this.oddities.empty += 1;
  }
}

async function* flatten<T>(lists: AsyncIterable<T[]>): AsyncGenerator<T> {
  for await (const list of lists) yield* list;
}

function childOf(parent: Parent, result: JsonDataSet, level: SearchLevel, resource: string, declared: number | null): Parent | RemoteFile {
  const uid = attributeText(result, level.key);
  if (!isUid(uid)) return unusableFile(parent, uid, resource);
  return { path: `${parent.path}/${resource}/${uid}`, uids: [...parent.uids, uid], revised: [...parent.revised, revisedText(result, level)], declared };
}

function fileOf(series: Parent, result: JsonDataSet): RemoteFile {
  const uid = attributeText(result, INSTANCES.key);
  if (!isUid(uid)) return unusableFile(series, uid, 'instances');
  const [study, seriesUid] = series.uids as [string, string];
  const revision = sha256Hex([...series.revised, revisedText(result, INSTANCES)].join('\n')).slice(0, 32);
  return { path: instancePath({ study, series: seriesUid, instance: uid }), size_bytes: null, revision, modified_ms: null, claimed: {} };
}

/** A row of something that cannot be asked for; its path does not repeat what the server said, but tells one from another. */
function unusableFile({ uids }: Parent, uid: string | null, resource: string): RemoteFile {
  const path = [...uids, `no-uid-${sha256Hex(uid ?? '').slice(0, 16)}`].join('/');
  const said = uid === null || uid === '' ? 'without a UID' : `by ${uid.length} characters that are no UID (digits and dots, 64 at most)`;
  return { path, size_bytes: null, revision: null, modified_ms: null, claimed: {}, unusable: `The server names one of its ${resource} ${said}: it cannot be asked for.` };
}
