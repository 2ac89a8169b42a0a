import type { Line } from '../fixity/lines.js';
import type { ManifestEntry } from '../fixity/manifest.js';
import type { Inspection } from './inspection.js';

/** Malformed lines reported one by one before the rest is only counted: a manifest of garbage is one fault, not a million. */
const MAX_REPORTED = 100;

const TEXT_FAULTS = {
  cut: 'has no line end: the list was cut here',
  'not-utf8': 'is not UTF-8',
  'too-long': 'is too long',
} as const;

/** Collects what is wrong with the lines of one list, so that each list reads the same way. */
export class LineFaults {
  #malformed = 0;
  readonly #deviations = new Map<string, { count: number; first: number }>();

  constructor(
    readonly inspection: Inspection,
    readonly name: string,
  ) {}

  /** Parses a line; null, with the fault noted, when it cannot be used. */
  take<Entry>(line: Line, parse: (text: string) => Entry | null): Entry | null {
    if (line.defect === 'crlf') this.#note('ends in CR LF, not LF', line.number);
    else if (line.defect !== null) return this.malformed(line.number, TEXT_FAULTS[line.defect]);
    return parse(line.text) ?? this.malformed(line.number, 'does not have the form of this list');
  }

  /** Notes that a line deviates from the format in a way that leaves no doubt what it means. */
  noteDeviation(number: number, deviation: ManifestEntry['deviation']): void {
    if (deviation !== null) this.#note(deviation === 'upper-case' ? 'has upper-case hex digits' : 'has another separator than two spaces', number);
  }

  malformed(number: number, what: string): null {
    this.#malformed += 1;
    if (this.#malformed <= MAX_REPORTED) this.inspection.report('manifest-malformed', this.name, `Line ${number} ${what}.`);
    return null;
  }

  /** A path for the second time: with the same value, or worse, with another one. */
  duplicate(number: number, path: string, first: string, second: string): void {
    const comparison = first === second ? {} : { expected: first, found: second };
    const message = first === second ? `${this.name} lists it again in line ${number}.` : `${this.name} says another thing about it in line ${number}.`;
    this.inspection.report('duplicate', path, message, comparison);
  }

  /** Reports what was only counted. */
  finish(): void {
    if (this.#malformed > MAX_REPORTED) {
      this.inspection.report('manifest-malformed', this.name, `${this.#malformed - MAX_REPORTED} more lines are malformed.`);
    }
    for (const [what, { count, first }] of this.#deviations) {
      const others = count === 1 ? '' : `, and so do ${count - 1} more`;
      this.inspection.report('manifest-malformed', this.name, `Line ${first} ${what}${others}.`);
    }
  }

  #note(what: string, number: number): void {
    const noted = this.#deviations.get(what);
    if (noted === undefined) this.#deviations.set(what, { count: 1, first: number });
    else noted.count += 1;
  }
}
