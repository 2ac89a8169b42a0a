import { checkBagInfo, checkDeclaration } from './bag.js';
import { checkChain, checkExpectedDigest } from './chain.js';
import { readDocument } from './document.js';
import type { Inspection } from './inspection.js';
import { readKeyStatements } from './key-statements.js';
import { reportMoved } from './moved.js';
import { checkPayload, startWorkers } from './payload.js';
import { readFetchList, readSizes } from './payload-lists.js';
import { readPayloadManifest } from './payload-manifest.js';
import { recogniseRelease } from './recognise.js';
import { checkRollback } from './rollback.js';
import { selectImages } from './selected-images.js';
import { checkSignatures } from './signatures.js';
import { checkTagFiles } from './tag-files.js';
import { readTagManifest } from './tag-manifest.js';
import { noteUnchecked } from './unchecked.js';
import { lookForWithdrawals } from './withdrawals.js';
import { listWithdrawnFiles } from './withdrawn-files.js';

/** One step of a verification. It may throw only what makes the rest pointless; everything else it reports. */
export interface Step {
  name: string;
  run(inspection: Inspection, expected: string | null): void | Promise<void>;
}

/** A verification, in order: first what the release says of itself, then whether that hangs together, then the files. */
export const STEPS: Step[] = [
  { name: 'recognise the release', run: recogniseRelease },
  { name: 'start the threads that will hash', run: startWorkers },
  { name: 'read the tag manifest', run: readTagManifest },
  { name: 'read release.json', run: readDocument },
  { name: 'read the manifest', run: readPayloadManifest },
  { name: 'read the size list', run: readSizes },
  { name: 'read the fetch list', run: readFetchList },
  { name: 'check the bag declaration', run: checkDeclaration },
  { name: 'check the bag info', run: checkBagInfo },
  { name: 'check the files beside data/', run: checkTagFiles },
  { name: 'compare with the expected digest', run: checkExpectedDigest },
  { name: 'read the statements about signing keys', run: readKeyStatements },
  { name: 'check the signatures', run: checkSignatures },
  { name: 'check the chain of releases', run: checkChain },
  { name: 'compare with what was seen before', run: checkRollback },
  { name: 'select the images that are asked for', run: selectImages },
  { name: 'compare tree and manifest, hash the payload', run: checkPayload },
  { name: 'look for withdrawn cases', run: lookForWithdrawals },
  { name: 'name what is missing, extra or renamed', run: reportMoved },
  { name: 'list the files of withdrawn cases', run: listWithdrawnFiles },
  { name: 'say what was not checked', run: noteUnchecked },
];
