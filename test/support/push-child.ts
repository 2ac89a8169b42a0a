/**
 * Pushes the release in a folder and kills itself, with SIGKILL, when N files are at the destination. Arguments: folder of
 * the release, destination (a folder, or JSON of a bucket), N (0: never).
 */
import { dirname } from 'node:path';
import { defaultEffects } from '../../src/effects.js';
import { openRelease } from '../../src/release/open-release.js';
import { FolderDestination } from '../../src/transfer/folder-destination.js';
import { pushRelease } from '../../src/transfer/push.js';
import type { BucketOptions } from '../../src/network/s3-bucket.js';
import { S3Destination } from '../../src/transfer/s3-destination.js';

const [folder = '', to = '', at = '0'] = process.argv.slice(2);
const entry = await openRelease(folder, null);
const destination = to.startsWith('{') ? await S3Destination.open(JSON.parse(to) as BucketOptions, entry) : new FolderDestination(to, entry);
const effects = { ...defaultEffects, progress: ({ files }: { files: number }) => void (files === Number(at) && process.kill(process.pid, 'SIGKILL')) };
const report = await pushRelease(entry, destination, { releases: dirname(folder), log: [entry], dryRun: false, jobs: 2 }, effects);
process.stdout.write(JSON.stringify(report));
