import type { DicomwebSource } from '../../model/source-config.js';
import { HttpClient } from '../../network/http-client.js';
import { RequestRate } from '../../network/request-rate.js';
import { Retry } from '../../network/retry.js';
import type { RemoteContext } from '../remote/open-remote.js';
import { DicomwebClient } from './dicomweb-client.js';
import { readService } from './dicomweb-service.js';
import { StudyMatch } from './study-match.js';

/**
 * Searches a DICOMweb service for one study, once.
 * @returns the name of the service, and whether it found one
 * @throws {CurationError} CONFIG_INVALID; {SourceFailure}
 */
export async function probeService(config: DicomwebSource, { timeout_ms, signal, environment }: Pick<RemoteContext, 'timeout_ms' | 'signal' | 'environment'>): Promise<{ name: string; found: boolean }> {
  const match = new StudyMatch(config.match ?? {}, config.name);
  const http = new HttpClient({ timeout_ms, connections: 1, signal, onOtherHost: () => {} });
  try {
    const { base, authorization } = readService(config, environment, http);
    const retry = new Retry({ attempts: 1, base_ms: 0, max_ms: 0, seed: 0 }, signal);
    const client = new DicomwebClient({ http, base, authorization, rate: new RequestRate(null, signal), retry });
    const answer = await client.json('/studies', new URLSearchParams([...match.parameters.map(([key, value]): [string, string] => [key, value]), ['limit', '1']]));
    const [study] = answer?.dataSets ?? [];
    if (study !== undefined) match.require(study, client.name);
    return { name: client.name, found: study !== undefined };
  } finally {
    http.close();
  }
}
