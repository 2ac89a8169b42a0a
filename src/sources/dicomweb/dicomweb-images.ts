import { CurationError } from '../../errors.js';
import type { HeaderReading } from '../../model/header.js';
import type { DicomwebSource } from '../../model/source-config.js';
import { HttpClient } from '../../network/http-client.js';
import { RequestRate } from '../../network/request-rate.js';
import { DEFAULT_RETRY, Retry } from '../../network/retry.js';
import { SourceFailure, type OpenedFile } from '../../network/source.js';
import { DEFAULT_CONNECTIONS } from '../remote/connections.js';
import type { RemoteContext } from '../remote/open-remote.js';
import type { RemoteFile, RemoteSource } from '../remote/remote-source.js';
import { attributeText } from './dicom-json-value.js';
import { readJsonHeader } from './dicom-json-header.js';
import { DicomwebClient } from './dicomweb-client.js';
import { readService } from './dicomweb-service.js';
import { InstanceListing, type ListingOddities } from './instance-listing.js';
import { instancePath, parseInstancePath, type InstanceUids } from './instance-path.js';
import { openRetrieved } from './retrieved-instance.js';
import { INSTANCES } from './search-levels.js';
import { SeriesMetadata } from './series-metadata.js';
import { StudyMatch } from './study-match.js';
import { Slots } from '../../network/slots.js';

/** One instance, in the transfer syntax in which it is stored: its bytes as they are (PS3.18 8.7.3.5.2). */
const AS_STORED = 'multipart/related; type="application/dicom"; transfer-syntax=*';
const ALONE_AS_STORED = 'application/dicom; transfer-syntax=*';

/** Headers that are waited for at once, to each connection. */
const HEADERS_A_CONNECTION = 32;

/**
 * Opens a DICOMweb service. No request is sent yet.
 * @throws {CurationError} CONFIG_INVALID
 */
export async function openDicomwebImages(config: DicomwebSource, context: RemoteContext): Promise<RemoteSource> {
  const { timeout_ms, signal, environment, note, retry = DEFAULT_RETRY } = context;
  const connections = config.connections ?? DEFAULT_CONNECTIONS;
  const match = new StudyMatch(config.match ?? {}, config.name);
  const onOtherHost = (from: string, to: string): void => note(`${from} leads to ${to}: the bytes come from there, and no credentials went there.`);
  const http = new HttpClient({ timeout_ms, connections, signal, onOtherHost });
  const { base, authorization } = readService(config, environment, http);
  const client = new DicomwebClient({
    http,
    base,
    authorization,
    rate: new RequestRate(config.requests_per_second ?? null, signal),
    retry: new Retry({ ...retry, seed: config.name.length }, signal),
  });
  return new DicomwebImages(client, new InstanceListing(client, match, connections), connections, () => http.close(), note);
}

/**
 * The images of a DICOMweb service. What tells one version of an image from another is what the search says of its patient, study,
 * series and itself: SOPInstanceUIDs are not given twice (PS3.3 C.12.1.1.1), and what a server corrects, it shows there. Pixels that
 * were exchanged under the same UID and the same creation time are only found by reading everything again.
 */
class DicomwebImages implements RemoteSource {
  readonly left_out = 0;
  readonly headersAtOnce: number;
  readonly #metadata: SeriesMetadata;
  readonly #turns: Slots;
  /** Whether the service gives single instances outside of multipart only. */
  #alone = false;

  constructor(
    readonly client: DicomwebClient,
    readonly listing: InstanceListing,
    connections: number,
    readonly close: () => void,
    readonly note: (sentence: string) => void,
  ) {
    // Those that wait for the metadata of their series need no connection: so several series are asked for at once.
    this.headersAtOnce = HEADERS_A_CONNECTION * connections;
    this.#turns = new Slots(connections);
    this.#metadata = new SeriesMetadata(client, this.#turns, (uids) => this.#turns.use(() => this.#singleHeader(uids)), this.headersAtOnce);
  }

  get name(): string {
    return this.client.name;
  }

  get requests(): number {
    return this.client.requests;
  }

  async *list(): AsyncGenerator<RemoteFile> {
    yield* this.listing.run();
    for (const sentence of describeOddities(this.listing.oddities, this.name)) this.note(sentence);
  }

  async open(file: RemoteFile): Promise<OpenedFile | null> {
    const uids = uidsOf(file);
    const answer = await this.client.open(resourceOf(uids), new URLSearchParams(), this.#alone ? ALONE_AS_STORED : AS_STORED, [406, 415]);
    if (answer === null || answer.status === 204) return null;
    if (answer.status !== 406 && answer.status !== 415) return openRetrieved(answer, uids.instance);
    answer.close();
    if (this.#alone) throw new SourceFailure(`${answer.name} gives no instance as it is stored (${answer.status})`, { retry: false, wide: true });
    this.#alone = true;
    return this.open(file);
  }

  headerOf(file: RemoteFile): Promise<HeaderReading> {
    return this.#metadata.headerOf(uidsOf(file));
  }

  async #singleHeader(uids: InstanceUids): Promise<HeaderReading> {
    const answer = await this.client.json(`${resourceOf(uids)}/metadata`);
    if (answer === null || answer.dataSets.length === 0) throw new SourceFailure(`${this.name} does not have ${instancePath(uids)} any more`, { retry: false });
    const found = answer.dataSets.filter((dataSet) => attributeText(dataSet, INSTANCES.key) === uids.instance);
    const [dataSet] = found;
    if (dataSet === undefined || found.length > 1) throw new SourceFailure(`${this.name} gives the metadata of ${found.length === 0 ? 'another instance than' : 'more than'} the one that was asked for: ${instancePath(uids)}`, { retry: false });
    return readJsonHeader(dataSet);
  }
}

function resourceOf({ study, series, instance }: InstanceUids): string {
  return `/studies/${study}/series/${series}/instances/${instance}`;
}

/** Paths come out of the catalog again: one that is not ours is of a source that was something else before. */
function uidsOf({ path }: RemoteFile): InstanceUids {
  const uids = parseInstancePath(path);
  if (uids !== null) return uids;
  throw new CurationError('SOURCE_UNREADABLE', `The path names no instance of a DICOMweb service: ${path.slice(0, 200)}`, { expected: '<StudyInstanceUID>/<SeriesInstanceUID>/<SOPInstanceUID>.dcm' });
}

function* describeOddities({ repeated, miscounted, empty }: ListingOddities, name: string): Generator<string> {
  if (repeated > 0) yield `${name} listed ${repeated} ${repeated === 1 ? 'result' : 'results'} more than once; each counts once.`;
  if (miscounted > 0) yield `${name} says another number of series or instances than it lists, of ${miscounted} ${miscounted === 1 ? 'study or series' : 'studies or series'}; what it lists counts.`;
  if (empty > 0) yield `${name} lists nothing for ${empty} ${empty === 1 ? 'search' : 'searches'}: of studies or series that are empty, or that went away.`;
}
