import type { DataSet, DicomElement } from '../dicom/data-set.js';
import { maskSecret } from '../text/mask.js';
import { inflateStreams } from './deflated-streams.js';
import type { IdentifierSet } from './identifier-set.js';
import { IdentifierSweep, IN_PIXELS, IN_TEXT, type Match } from './identifier-sweep.js';
import { isUid } from './identifier-words.js';
import type { Subject } from './subject.js';

/** Identifiers that no byte of a released file may hold. */
export type KnownIdentifiers = IdentifierSet;

/** Bytes read at a time, and how far one piece reaches into the next, so that nothing is cut in two. */
const PIECE_BYTES = 4 * 1024 * 1024;
const OVERLAP_BYTES = 2048;
const MAX_FINDINGS = 10;

/** UIDs of the study, the series and the instance: what an archive finds them by. */
const OWN_UIDS = [0x00080018, 0x0020000d, 0x0020000e];

/** DID-016, DID-099: no byte of the file, nor of what is compressed in it, spells an identifier that the site knows. */
export function judgeKnownIdentifiers(subject: Subject): void {
  const { known } = subject.tools;
  if (known === null || known === undefined) return;
  subject.report.looked('DID-016');
  subject.report.looked('DID-099');
  const own = judgeOwnUids(subject, known);
  const places = [...elementPlaces(subject.file.meta), ...elementPlaces(subject.dataSet)];
  const said = new Set<string>();
  for (const { match, how } of matchesIn(subject, known)) {
    const place = how === 'bytes' ? places.find(({ from, end }) => match.at >= from && match.at < end) : undefined;
    const key = `${match.form} ${place?.path ?? ''}`;
    if (own.has(match.form) || said.has(key) || said.size >= MAX_FINDINGS) continue;
    said.add(key);
    subject.report.add({
      code: 'DID-099',
      message: how === 'compressed' ? 'A compressed stream in the file holds an identifier that the site knows.' : 'The file holds an identifier that the site knows.',
      ...(place === undefined ? {} : { tag: place.path }),
      expected: 'none of known_identifiers',
      found: `${maskSecret(match.form)}${match.at < 0 ? '' : ` at byte ${match.at}`}`,
      content: match.form,
    });
  }
}

/** The file goes by another name than at its source. Returns the UIDs for which this was said. */
function judgeOwnUids({ dataSet, report }: Subject, known: KnownIdentifiers): Set<string> {
  const found = new Set<string>();
  for (const tag of OWN_UIDS) {
    const uid = dataSet.text(tag) ?? '';
    if (!isUid(uid) || !known.has(uid)) continue;
    found.add(uid);
    report.add({ code: 'DID-016', message: 'A UID of the file is one of its source.', tag: dataSet.pathOf(tag), hint: 'It was not numbered anew: whoever has access to the archive finds the patient by it.', expected: 'a new UID', found: 'a UID of known_identifiers', content: uid });
  }
  return found;
}

interface Found {
  match: Match;
  how: 'bytes' | 'compressed' | 'text';
}

function* matchesIn(subject: Subject, known: KnownIdentifiers): Generator<Found> {
  const { file, report } = subject;
  const pixels = file.pixels;
  const [from, end] = pixels === null ? [file.size, file.size] : [pixels.offset, pixels.offset + pixels.length];
  for (const region of [
    { from: 0, end: from, bounds: IN_TEXT },
    { from, end, bounds: IN_PIXELS },
    { from: end, end: Number.POSITIVE_INFINITY, bounds: IN_TEXT },
  ])
    for (let at = region.from; at < region.end; at += PIECE_BYTES - OVERLAP_BYTES) {
      const bytes = file.readAt(at, Math.min(PIECE_BYTES, region.end - at, Math.max(file.size, PIECE_BYTES)));
      if (bytes.length === 0) break;
      const sweep = new IdentifierSweep(known, region.bounds);
      sweep.bytes(bytes, at, 1);
      sweep.bytes(bytes, at, 2);
      for (const match of sweep.matches) yield { match, how: 'bytes' };
      const { streams, more } = inflateStreams(bytes);
      if (more) report.add({ code: 'DID-099', level: 'warning', message: 'The file holds more compressed streams than the limit, so not all were looked through.', content: String(at) });
      for (const stream of streams) {
        const inner = new IdentifierSweep(known, { chars: 6, word: 1 });
        inner.bytes(stream.bytes, 0, 1);
        inner.bytes(stream.bytes, 0, 2);
        for (const match of inner.matches) yield { match: { ...match, at: at + stream.at }, how: 'compressed' };
      }
      if (bytes.length < PIECE_BYTES) break;
    }
  for (const match of matchesInTexts(subject.dataSet, known)) yield { match, how: 'text' };
}

/** Texts of other alphabets and with accents, decoded by their character set. */
function matchesInTexts(root: DataSet, known: KnownIdentifiers): Match[] {
  const sweep = new IdentifierSweep(known, IN_TEXT);
  for (const dataSet of root.walk())
    for (const element of dataSet.elements) {
      if (element.bytes === null || element.items !== null || isAscii(element.bytes)) continue;
      for (const value of dataSet.values(element)) sweep.text(value);
      if (known.beyondAscii && element.vr === 'UN') sweep.text(element.bytes.toString('utf8'));
    }
  return sweep.matches;
}

function isAscii(bytes: Buffer): boolean {
  return bytes.length > 1 << 20 || bytes.every((byte) => byte < 0x80 && byte !== 0x1b);
}

/** Where the values of elements are; the innermost is first. */
function elementPlaces(root: DataSet): { from: number; end: number; path: string }[] {
  const places: { from: number; end: number; path: string }[] = [];
  for (const dataSet of root.walk())
    for (const element of dataSet.elements) if (element.items === null) places.push(placeOf(dataSet, element));
  return places;
}

function placeOf(dataSet: DataSet, element: DicomElement): { from: number; end: number; path: string } {
  return { from: element.offset, end: element.offset + element.length, path: dataSet.pathOf(element.tag) };
}
