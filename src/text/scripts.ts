import { readFacts } from '../facts/fact-file.js';
import { hitTokens, type Reading } from './reading.js';
import { FOREIGN } from './tokens.js';

interface ForeignNames {
  han: { surnames: string; japanese: string; ordinary: string };
  hangul: { surnames: string; ordinary: string };
  cyrillic: { given: string; endings: string; ordinary: string };
  arabic: { given: string };
  hebrew: { given: string };
  greek: { given: string; endings: string };
  labels: string;
}

/** Decides whether a run of letters of one script is a person name. */
type Judge = (run: string) => boolean;

const KANA = /[\u3040-\u30ff]/;
const MAX_RUN = 40;

let judges: { byScript: readonly (readonly [script: RegExp, judge: Judge])[]; labels: readonly string[] } | null = null;

function loadJudges(): NonNullable<typeof judges> {
  if (judges !== null) return judges;
  const facts = readFacts<ForeignNames>('foreign-names.json');
  const list = (words: string): string[] => words.split(' ');
  judges = {
    byScript: [
      [/^[\u3400-\u9fff\uf900-\ufaff\u3005]/, judgeHan(list(facts.han.surnames), list(facts.han.japanese), list(facts.han.ordinary))],
      [/^[\uac00-\ud7af]/, judgeHangul(new Set(list(facts.hangul.surnames)), list(facts.hangul.ordinary))],
      [/^[\u0400-\u052f]/, judgeEndings(list(facts.cyrillic.given), list(facts.cyrillic.endings), list(facts.cyrillic.ordinary), 5)],
      [/^[\u0370-\u03ff\u1f00-\u1fff]/, judgeEndings(list(facts.greek.given), list(facts.greek.endings), [], 6)],
      [/^[\u0600-\u06ff\u0750-\u077f]/, judgeEndings(list(facts.arabic.given), [], [], 0)],
      [/^[\u0590-\u05ff]/, judgeEndings(list(facts.hebrew.given), [], [], 0)],
    ],
    labels: list(facts.labels),
  };
  return judges;
}

/** Words by their first character. */
class Beginnings {
  readonly #words = new Map<string, string[]>();

  constructor(words: readonly string[]) {
    for (const word of words) {
      const first = word.charAt(0);
      this.#words.set(first, [...(this.#words.get(first) ?? []), word]);
    }
  }

  /** The longest word that a text begins with; '' when none does. */
  of(text: string): string {
    const found = (this.#words.get(text.charAt(0)) ?? []).filter((word) => text.startsWith(word));
    return found.reduce((longest, word) => (word.length > longest.length ? word : longest), '');
  }
}

/** Two to four characters that begin with a common surname, and with no word of imaging that does; Japanese surnames of two characters. */
function judgeHan(surnames: string[], japanese: string[], ordinary: string[]): Judge {
  const [chineseNames, japaneseNames, words] = [new Beginnings(surnames), new Beginnings(japanese.filter((name) => name.length > 1)), new Beginnings(ordinary.filter((word) => word.length > 1))];
  return (run) => {
    const kana = run.search(KANA);
    const han = kana < 0 ? run : run.slice(0, kana);
    const japaneseName = japaneseNames.of(run);
    const given = run.length - japaneseName.length;
    if (words.of(run) !== '' && (japaneseName === '' || given < 2)) return false;
    if (japaneseName !== '' && given <= 4) return true;
    const rest = han.length - chineseNames.of(han).length;
    return kana < 0 && rest < han.length && rest >= 1 && rest <= 2 && !/[位片像扫描期部骨节節相炎症病图圖]$/.test(han);
  };
}

/** Three syllables that begin with a surname and with no word of imaging. */
function judgeHangul(surnames: ReadonlySet<string>, ordinary: string[]): Judge {
  const words = new Beginnings(ordinary);
  return (run) => run.length === 3 && surnames.has(run.charAt(0)) && words.of(run) === '';
}

/** Names of a list, and words with an ending of surnames that are long enough. */
function judgeEndings(given: string[], endings: string[], ordinary: string[], least: number): Judge {
  const names = new Set(given);
  const words = new Set(ordinary);
  return (run) => {
    const word = run.toLowerCase();
    if (names.has(word)) return true;
    return word.length >= least && !words.has(word) && run[0] !== word[0] && endings.some((ending) => word.endsWith(ending));
  };
}

/** Letters of another script, token `index`: a person name, or text that nobody has judged. Gives true when it is a name. */
export function scanForeign(reading: Reading, index: number): boolean {
  const { tokens } = reading;
  const text = tokens.textOf(index);
  if (text.length > MAX_RUN) return false;
  if (!isForeignName(text) && !isSpacedName(reading, index, text)) return false;
  hitTokens(reading, 'DID-040', 'error', 'a person name', index, index);
  return true;
}

function isForeignName(text: string): boolean {
  const { byScript, labels } = loadJudges();
  const label = labels.find((word) => text.toLowerCase().startsWith(word));
  const rest = label === undefined ? text : text.slice(label.length);
  const judge = byScript.find(([script]) => script.test(rest))?.[1];
  return (label !== undefined && rest.length >= 2 && rest.length <= 6) || judge?.(rest) === true;
}

/** `李 娜`, `김 민수`: surname and given name of at most two characters each, with a space between. */
function isSpacedName(reading: Reading, index: number, text: string): boolean {
  const { tokens } = reading;
  if (text.length > 2 || !/^[\u3400-\u9fff\uac00-\ud7af]/.test(text)) return false;
  const beside = [index + 1, index - 1].filter((other) => tokens.kindOf(other) === FOREIGN && tokens.lengthOf(other) <= 2 && tokens.lengthOf(other) + text.length >= 2);
  return beside.some((other) => isForeignName(text + tokens.textOf(other)) || isForeignName(tokens.textOf(other) + text));
}
