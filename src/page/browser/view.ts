import { readChosen, takeDropped, walkDropped, type ChosenFolder } from './chosen-folder.js';
import type { CopyProblem } from './copy-check.js';
import { HashPool } from './hash-pool.js';
import { verifyFolder, type FolderProgress, type FolderReport } from './verify-folder.js';

/** What each kind of problem means, gravest first. */
const KINDS: [kind: CopyProblem['kind'], words: string][] = [
  ['manifest-tampered', 'a list that was changed'],
  ['manifest-malformed', 'a list that cannot be read'],
  ['corrupt', 'other bytes than published'],
  ['truncated', 'cut short'],
  ['missing', 'not there'],
  ['renamed', 'there under another name'],
  ['extra', 'not part of the release'],
  ['duplicate', 'listed twice'],
  ['unsafe-path', 'a path that leads out of the folder'],
  ['unreadable', 'could not be read'],
];

/** Problems of a kind that the page lists; all of them are in the file that can be saved. */
const MAX_LISTED = 100;
/** Between two pictures of the progress, and between two sentences about it for a screen reader, in milliseconds. */
const DRAW_EVERY = 100;
const SAY_EVERY = 10_000;

/** What a file costs besides its bytes, as so many bytes. */
const FILE_WEIGHT = 1 << 16;

/** Brings the section of the page to life that checks a folder. */
export class View {
  readonly #digest: string;
  /** Of the run that is under way; null when none is. */
  #pool: HashPool | null = null;
  #started = 0;
  #drawn = 0;
  #said = 0;

  /** @param source text of this very script, which the workers run too */
  constructor(readonly source: string) {
    this.#digest = `${element('digest').textContent}`.trim();
    for (const place of document.querySelectorAll('[data-digest]')) place.textContent = `sha256:${this.#digest}`;
    element('check').hidden = false;
    const input = element('folder') as HTMLInputElement;
    input.addEventListener('change', () => {
      if (input.files !== null && input.files.length > 0) void this.#check((pool) => readChosen(input.files!, ...this.#reading(pool)));
    });
    element('cancel').addEventListener('click', () => this.#pool?.close());
    this.#acceptDrops(element('drop'));
  }

  #acceptDrops(place: HTMLElement): void {
    // A folder that misses the place must not make the browser leave the page.
    for (const name of ['dragover', 'drop'] as const) document.addEventListener(name, (event) => event.preventDefault());
    place.addEventListener('dragover', () => place.classList.add('over'));
    place.addEventListener('dragleave', () => place.classList.remove('over'));
    place.addEventListener('drop', (event) => {
      place.classList.remove('over');
      const dropped = event.dataTransfer === null ? [] : takeDropped(event.dataTransfer.items);
      if (dropped.length === 0) return this.#say('That was no folder.');
      void this.#check((pool) => walkDropped(dropped, ...this.#reading(pool)));
    });
  }

  /** What the reading of a folder is told: where to count, and whether to go on. */
  #reading(pool: HashPool): [onCount: (files: number) => void, isStopped: () => boolean] {
    return [(files) => this.#draw({ stage: 'Reading the folder', files, totalFiles: 0, bytes: 0, totalBytes: 0 }), () => pool.isClosed];
  }

  async #check(read: (pool: HashPool) => Promise<ChosenFolder>): Promise<void> {
    if (this.#pool !== null) return this.#say('A check is under way; cancel it first.');
    const pool = new HashPool(this.source);
    this.#pool = pool;
    this.#started = performance.now();
    this.#drawn = 0;
    this.#said = this.#started;
    element('run').hidden = false;
    element('result').hidden = true;
    element('live').classList.remove('unseen');
    this.#say('Checking the folder.');
    try {
      const folder = await read(pool);
      if (folder.files.length === 0 && folder.unreadable.length > 0) return this.#say('The browser does not let this page read what was dropped: choose the folder with the button.');
      const report = await verifyFolder(folder, this.#digest, pool, (progress) => this.#draw(progress));
      if (report === null && !pool.isClosed) this.#say('No release is in this folder, or several are: choose the folder that holds release.json.');
      else if (report === null) this.#say('Cancelled.');
      else this.#show(report);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#say(reason === 'stopped' ? 'Cancelled. Nothing was found out about this folder.' : `The check broke off: ${reason}`);
    } finally {
      pool.close();
      this.#pool = null;
      element('run').hidden = true;
      (element('folder') as HTMLInputElement).value = '';
    }
  }

  #draw({ stage, files, totalFiles, bytes, totalBytes }: FolderProgress): void {
    const now = performance.now();
    if (now - this.#drawn < DRAW_EVERY) return;
    this.#drawn = now;
    const seconds = (now - this.#started) / 1000;
    const [done, all] = [bytes + files * FILE_WEIGHT, totalBytes + totalFiles * FILE_WEIGHT];
    const left = bytes > 0 ? Math.max(0, (seconds / done) * (all - done)) : null;
    const bar = element('progress') as HTMLProgressElement;
    if (totalBytes > 0) bar.value = done / all;
    else bar.removeAttribute('value');
    const words = totalFiles === 0 ? `${count(files)} files` : `${count(files)} of ${count(totalFiles)} files, ${size(bytes)} of ${size(totalBytes)}${left === null || seconds < 1 ? '' : `, about ${duration(left)} left`}`;
    element('stage').textContent = stage;
    element('figures').textContent = words;
    if (now - this.#said < SAY_EVERY) return;
    this.#said = now;
    this.#say(words);
  }

  #say(sentence: string): void {
    element('live').textContent = sentence;
  }

  #show(report: FolderReport): void {
    const { problems, files, bytes, notChecked } = report;
    const seconds = (performance.now() - this.#started) / 1000;
    const answer = problems.length === 0 ? 'Yes: this folder is exactly what was published.' : `No: this folder is not what was published. ${problems.length === 1 ? 'One problem' : `${count(problems.length)} problems`}.`;
    const result = element('result');
    result.replaceChildren(
      make('p', `verdict ${problems.length === 0 ? 'pass' : 'fail'}`, answer),
      make('p', 'muted', `${count(files)} files, ${size(bytes)} hashed in ${duration(seconds)}.`),
      ...KINDS.flatMap(([kind, words]) => this.#listKind(kind, words, problems)),
      ...(problems.length === 0 ? [] : [this.#saveButton(problems)]),
      make('h3', '', 'Not checked here'),
      list(notChecked.map((sentence) => make('li', '', sentence))),
    );
    result.hidden = false;
    this.#say(answer);
    // It stands in the result already; here it is for screen readers.
    element('live').classList.add('unseen');
    result.focus();
  }

  #listKind(kind: CopyProblem['kind'], words: string, problems: readonly CopyProblem[]): HTMLElement[] {
    const own = problems.filter((problem) => problem.kind === kind);
    if (own.length === 0) return [];
    const items = own.slice(0, MAX_LISTED).map(({ path, message }) => {
      const item = make('li', '', '');
      item.append(make('code', '', visible(path)), ` ${visible(message)}`);
      return item;
    });
    if (own.length > MAX_LISTED) items.push(make('li', 'muted', `and ${count(own.length - MAX_LISTED)} more`));
    return [make('h3', '', `${kind}: ${words} (${count(own.length)})`), list(items)];
  }

  /** All problems as a table of tab-separated values; the file is made here and saved by the browser. */
  #saveButton(problems: readonly CopyProblem[]): HTMLElement {
    const button = make('button', '', 'Save the whole list');
    button.setAttribute('type', 'button');
    button.addEventListener('click', () => {
      const rows = problems.map(({ kind, path, expected = '', found = '' }) => [kind, path, expected, found].map(visible).join('\t'));
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([`kind\tpath\texpected\tfound\n${rows.join('\n')}\n`], { type: 'text/tab-separated-values' }));
      link.download = 'problems.tsv';
      link.click();
      URL.revokeObjectURL(link.href);
    });
    return button;
  }
}

function element(id: string): HTMLElement {
  return document.getElementById(id)!;
}

/** An element with a text; data are never markup. */
function make(name: string, className: string, text: string): HTMLElement {
  const made = document.createElement(name);
  if (className !== '') made.className = className;
  made.textContent = text;
  return made;
}

function list(items: readonly HTMLElement[]): HTMLElement {
  const made = make('ul', 'problems', '');
  made.append(...items);
  return made;
}

/** Characters that hide, or that turn the line around, as their code. */
function visible(text: string): string {
  return text.replace(/[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/g, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}

function count(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

function size(bytes: number): string {
  const power = Math.min(4, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${['bytes', 'kB', 'MB', 'GB', 'TB'][power]}`;
}

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  return seconds < 3600 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
