import { SourceFailure } from '../../network/source.js';
import type { JsonAnswer } from './dicomweb-client.js';
import type { JsonDataSet } from './dicom-json.js';
import { attributeText } from './dicom-json-value.js';

/** Results that are asked for at once, at first, and at most, of a server that cannot be paged. */
const PAGE = 500;
const MAX_PAGE = 50_000;
/** How often a list that moves is gone through. */
const MAX_PASSES = 4;
/** Pages in a row without anything new after which more of them are not waited for. */
const MAX_BARREN = 3;

/** One search, and what is known of its answers. */
export interface Search {
  /** How messages name it: `The studies of http://...`. */
  name: string;
  /** Tag of the UID that tells a result from another. */
  key: string;
  page(offset: number, limit: number): Promise<JsonAnswer | null>;
  /** How many results the server said there are; null when it did not. */
  declared: number | null;
  /** The longest page that this server gave to a search of this level, shared between them: it cuts no shorter one. */
  longest: { results: number };
  /** Results beyond which it is given up. */
  max: number;
}

/** What a search came to. */
export interface SearchOutcome {
  results: number;
  /** Results that came more than once; each counts once. */
  repeated: number;
}

/** One page, and how it follows the one before. */
interface Page {
  dataSets: JsonDataSet[];
  keys: string[];
  more: boolean;
  /** Results at its beginning that were asked for once more: 1, or 0 of a first page. */
  overlap: number;
}

/**
 * Every result of a search once (QIDO-RS, PS3.18 8.3.4.4 and 10.6). Each page begins with the last result of the one before:
 * when it does not, the list has moved under the pages, and is gone through once more, so that nothing falls between two pages.
 * Where a page ends the list, is not believed of one that the server may have cut.
 * @throws {SourceFailure} when the server cannot be paged, or its list moves all the time
 */
export async function* searchAll(search: Search): AsyncGenerator<JsonDataSet, SearchOutcome> {
  const seen = new Set<string>();
  let repeated = 0;
  for (let passes = 1; passes <= MAX_PASSES; passes++) {
    const pass = new SearchPass(search, (key) => takeKey(seen, key, search));
    yield* pass.run();
    if (passes === 1) repeated = pass.repeated;
    if (!pass.moved) return { results: seen.size, repeated };
  }
  throw new SourceFailure(`${search.name} come in another order, or other ones, each time they are listed`, {
    retry: false,
    wide: true,
    suggestions: ['Run the same command again when nothing is added or removed there.', 'Narrow what is wanted by `match`, so that it fits one page.'],
  });
}

/** Whether a result is new. */
function takeKey(seen: Set<string>, key: string, { name, max }: Search): boolean {
  if (seen.has(key)) return false;
  if (seen.size >= max) throw new SourceFailure(`${name} do not end: ${max} were listed`, { retry: false, wide: true });
  seen.add(key);
  return true;
}

/** A search that is gone through from its beginning to its end. */
class SearchPass {
  /** Whether the list moved, so that this pass may have missed something. */
  moved = false;
  repeated = 0;
  readonly #seen = new Set<string>();
  #limit = PAGE;
  #offset = 0;
  /** Keys of the first result, and of the last one where the next page has to begin; null when there is none. */
  #first: string | null = null;
  #last: string | null = null;
  #barren = 0;

  constructor(
    readonly search: Search,
    readonly isNew: (key: string) => boolean,
  ) {}

  async *run(): AsyncGenerator<JsonDataSet, void> {
    for (;;) {
      const page = await this.#ask();
      // What the last page ended with is gone: what followed it may stand where nobody looks.
      if (page.keys.length === 0) return void (this.moved ||= page.overlap === 1);
      for (const [at, dataSet] of page.dataSets.entries()) if (this.isNew(page.keys[at] as string)) yield dataSet;
      if (this.#isEnd(page)) return;
    }
  }

  async #ask(): Promise<Page> {
    const overlap = this.#last === null ? 0 : 1;
    const answer = await this.search.page(this.#offset - overlap, this.#limit);
    const dataSets = answer?.dataSets ?? [];
    return { dataSets, keys: dataSets.map((dataSet) => attributeText(dataSet, this.search.key) ?? ''), more: answer?.more ?? false, overlap };
  }

  /** Whether a page ends the list; else the next one follows it. */
  #isEnd(page: Page): boolean {
    const { keys, overlap } = page;
    const before = this.#seen.size;
    for (const key of keys) this.#seen.add(key);
    const fresh = this.#seen.size - before;
    const continues = overlap === 0 || keys[0] === this.#last;
    if (fresh === 0) {
      if (overlap === 1 && continues && keys.length === 1) return true;
      this.#barren += 1;
      if (keys[0] === this.#first || this.#barren >= MAX_BARREN) return !this.#widen(page);
    } else this.#barren = 0;
    this.#first ??= keys[0] as string;
    // What came in before it only pushes it back; without it, something went.
    const follows = continues || keys.includes(this.#last as string);
    this.moved ||= !follows;
    this.repeated += keys.length - fresh - (follows ? overlap : 0);
    const alone = this.#offset === 0;
    this.#offset += keys.length - overlap;
    // A page of one would never get beyond its own beginning.
    this.#last = keys.length > 1 ? (keys.at(-1) as string) : null;
    return this.#isWhole(page, alone);
  }

  /** Whether a page is certainly the last. A declared number is believed when a page by itself holds as many. */
  #isWhole({ keys, more }: Page, alone: boolean): boolean {
    const { longest, declared } = this.search;
    const shorter = keys.length < longest.results;
    longest.results = Math.max(longest.results, keys.length);
    if (more) return false;
    if (alone && this.#seen.size === declared && keys.length < this.#limit) return true;
    return shorter && (declared === null || this.#seen.size >= declared);
  }

  /** The same page again: asks for more at once when it may have been cut. False when it is all there is. */
  #widen({ keys, more }: Page): boolean {
    const { declared, name } = this.search;
    const full = keys.length === this.#limit;
    if (!full && !more && (declared === null || this.#seen.size >= declared)) return false;
    if (!full || this.#limit >= MAX_PAGE) {
      throw new SourceFailure(`${name} cannot be listed: the server gives the same page of ${keys.length} results whatever part of the list is asked for`, {
        retry: false,
        wide: true,
        suggestions: ['Narrow what is wanted by `match`, so that it fits one page.'],
      });
    }
    this.#limit *= 10;
    [this.#offset, this.#first, this.#last, this.#barren] = [0, null, null, 0];
    this.#seen.clear();
    return true;
  }
}
