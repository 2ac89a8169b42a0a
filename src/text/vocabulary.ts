import { readFacts, readFactText } from '../facts/fact-file.js';
import { Lexicon } from './lexicon.js';
import * as classes from './word-classes.js';
import { WORD_LISTS } from './word-lists.js';

/** Files of src/facts with one kind of word each: words between white space, comments after `#` at the start of a line. */
const FACT_LISTS = [
  ['given-names.txt', classes.GIVEN],
  ['surnames.txt', classes.SURNAME],
  ['imaging-words.txt', classes.IMAGING],
  ['plain-words.txt', classes.PLAIN],
] as const;

type EponymFacts = Record<string, readonly string[] | Record<string, string>>;

let shared: { lexicon: Lexicon; towns: ReadonlySet<string> } | null = null;

/** Every word that a rule about text knows, and the towns of several words, joined. Read once a process. */
export function loadVocabulary(): { lexicon: Lexicon; towns: ReadonlySet<string> } {
  shared ??= buildVocabulary();
  return shared;
}

/** Whether a word is of imaging, or plain English and no name besides. */
export function isVocabulary(word: string): boolean {
  const bits = /^[A-Za-z]+$/.test(word) ? loadVocabulary().lexicon.classesOf(word) : 0;
  return (bits & classes.IMAGING) !== 0 || ((bits & classes.PLAIN) !== 0 && (bits & classes.NAME) === 0);
}

function buildVocabulary(): { lexicon: Lexicon; towns: ReadonlySet<string> } {
  const words = new Map<string, number>();
  const add = (word: string, bits: number): void => void words.set(word, (words.get(word) ?? 0) | bits);
  for (const [file, bits] of FACT_LISTS) for (const word of factWords(file)) add(word, bits);
  for (const [bits, list] of WORD_LISTS) for (const word of list.split(' ')) add(word, bits);
  addEponyms(add);
  const towns = new Set<string>();
  for (const town of factWords('place-names.txt')) {
    const [first = '', ...rest] = town.split('_');
    add(first, rest.length === 0 ? classes.TOWN : classes.TOWN_START);
    if (rest.length > 0) towns.add(town.replaceAll('_', ''));
  }
  return { lexicon: new Lexicon(words), towns };
}

function factWords(file: string): string[] {
  const lines = readFactText(file).split('\n').filter((line) => !line.startsWith('#'));
  return lines.join(' ').split(' ').filter((word) => word !== '');
}

function isTermList(terms: EponymFacts[string]): terms is readonly string[] {
  return Array.isArray(terms);
}

/** name-like-terms.json: eponyms lower the score of a name; its list of common words counts as plain English. */
function addEponyms(add: (word: string, bits: number) => void): void {
  for (const [list, terms] of Object.entries(readFacts<EponymFacts>('name-like-terms.json'))) {
    if (!isTermList(terms)) continue;
    const bits = list === 'common_words_that_are_names' ? classes.PLAIN : classes.EPONYM | (list === 'scales_views' ? classes.VIEW : 0);
    for (const term of terms) {
      // `Dr. Sennewald` is a maker: its name stays one after a title.
      const title = term.startsWith('Dr. ') ? classes.IMAGING : 0;
      for (const word of term.toUpperCase().split(/[^A-Z]+/)) if (word.length > 1) add(word, bits | title);
    }
  }
}
