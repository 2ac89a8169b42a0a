import type { HeaderReading } from '../../model/header.js';
import { SourceFailure } from '../../network/source.js';
import { decodedBody } from './bounded-body.js';
import { parseDicomJson } from './dicom-json.js';
import { readJsonHeader } from './dicom-json-header.js';
import { attributeText } from './dicom-json-value.js';
import { DICOM_JSON, type DicomwebClient } from './dicomweb-client.js';
import type { InstanceUids } from './instance-path.js';
import { JsonItems, JsonItemsError } from './json-items.js';
import { INSTANCES } from './search-levels.js';
import type { Slots } from '../../network/slots.js';

/** Headers of one series that are held; those beyond are asked for one by one. */
const MAX_HELD = 4096;
/** Metadata of one instance, in bytes. */
const MAX_INSTANCE = 16 << 20;
/** Series in a row of which the server gives no metadata that can be used, after which none is asked for. */
const MAX_REFUSED = 3;

/** Headers by SOPInstanceUID. */
type Headers = Map<string, HeaderReading>;

/** A series of which headers are asked for. */
interface AskedSeries {
  /** The header of the first instance, asked for by itself. */
  first: Promise<HeaderReading>;
  firstUid: string;
  /** Null until a second instance is asked for. */
  rest: Promise<Headers> | null;
}

/**
 * Headers out of the metadata of whole series (PS3.18 10.4.1.1.2), which a server gives several times faster than those of its instances
 * one by one. The first instance of a series is always asked for by itself, so that one new image costs no more than itself, and what
 * the series says of it is held against that: servers can be set up to give less of a series, or to guess. What is missing, twice there,
 * different or cut off is asked for by itself too.
 */
export class SeriesMetadata {
  readonly #series = new Map<string, AskedSeries>();
  #refused = 0;

  /**
   * @param single asks for the header of one instance
   * @param seriesAtOnce of which headers are held
   */
  constructor(
    readonly client: DicomwebClient,
    readonly turns: Slots,
    readonly single: (uids: InstanceUids) => Promise<HeaderReading>,
    readonly seriesAtOnce: number,
  ) {}

  /**
   * The header of an instance. Instances of one series have to be asked for one behind the other to be had together.
   * @throws {SourceFailure} INTERRUPTED
   */
  async headerOf(uids: InstanceUids): Promise<HeaderReading> {
    const path = `/studies/${uids.study}/series/${uids.series}`;
    const series = this.#series.get(path);
    if (series === undefined) return this.#begin(path, uids);
    if (series.rest === null && this.#refused >= MAX_REFUSED) return this.single(uids);
    series.rest ??= this.#read(path, series);
    const headers = await series.rest;
    const header = headers.get(uids.instance);
    headers.delete(uids.instance);
    return header ?? this.single(uids);
  }

  #begin(path: string, uids: InstanceUids): Promise<HeaderReading> {
    const first = this.single(uids);
    this.#series.set(path, { first, firstUid: uids.instance, rest: null });
    const [oldest] = this.#series.keys();
    if (this.#series.size > this.seriesAtOnce && oldest !== undefined) this.#series.delete(oldest);
    return first;
  }

  async #read(path: string, { first, firstUid }: AskedSeries): Promise<Headers> {
    const headers: Headers = new Map();
    try {
      await this.turns.use(() => this.#ask(`${path}/metadata`, headers));
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
    }
    // Whoever asked for the first one hears of its failure.
    const known = await first.catch(() => null);
    const told = headers.get(firstUid);
    headers.delete(firstUid);
    if (known === null || told === undefined || !isSame(known, told)) headers.clear();
    this.#refused = headers.size === 0 ? this.#refused + 1 : 0;
    return headers;
  }

  /** Fills `headers` with what comes until the answer ends, breaks off or is no list of data sets. */
  async #ask(path: string, headers: Headers): Promise<void> {
    const answer = await this.client.open(path, new URLSearchParams(), DICOM_JSON);
    if (answer === null) return;
    const items = new JsonItems(MAX_INSTANCE);
    const twice = new Set<string>();
    try {
      for await (const chunk of decodedBody(answer)) {
        for (const item of items.push(chunk)) take(item, headers, twice);
        if (headers.size >= MAX_HELD) break;
      }
    } catch (error) {
      if (!(error instanceof JsonItemsError)) throw error;
    } finally {
      answer.close();
      for (const uid of twice) headers.delete(uid);
    }
  }
}

function take(item: Uint8Array, headers: Headers, twice: Set<string>): void {
  const read = parseDicomJson(item);
  const [dataSet] = read.ok ? read.dataSets : [];
  const uid = dataSet === undefined ? null : attributeText(dataSet, INSTANCES.key);
  if (dataSet === undefined || uid === null) return;
  if (headers.has(uid)) twice.add(uid);
  else headers.set(uid, readJsonHeader(dataSet));
}

function isSame(one: HeaderReading, other: HeaderReading): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
