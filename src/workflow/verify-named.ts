import { defaultEffects, type Effects } from '../effects.js';
import type { VerifyReport } from '../model/verification.js';
import { resolveFetched } from '../transfer/fetch/receipt-file.js';
import type { VerifyOptions } from '../verify/inspection.js';
import { verifyRelease } from '../verify/verify.js';

/**
 * Verifies what was named: a release at a URL, the folder of one, or the one release that was fetched into a folder.
 * @throws {CurationError} as `verifyRelease` and `fetchRelease` do
 */
export async function verifyNamed(named: string, options: VerifyOptions = {}, effects: Effects = defaultEffects): Promise<VerifyReport> {
  if (!/^(?:https?|s3):\/\//i.test(named)) return verifyRelease(resolveFetched(named), options, effects);
  // Who verifies a folder does not wait for what speaks to servers.
  const { verifyRemote } = await import('./verify-remote.js');
  return verifyRemote(named, options, effects);
}
