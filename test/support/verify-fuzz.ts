import { AssertionError } from 'node:assert';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CurationError } from '../../src/errors.js';
import { parseAllowedSigners } from '../../src/fixity/allowed-signers.js';
import { parseAmendment } from '../../src/fixity/amendment-file.js';
import { parseJsonStrict } from '../../src/fixity/json.js';
import { parseKeyLog } from '../../src/fixity/key-log.js';
import { readLateRegion } from '../../src/fixity/late-region.js';
import { parseFetchLine, parseManifestLine, parseSizeLine } from '../../src/fixity/manifest.js';
import { parseMinisignKey, parseMinisignSignatures } from '../../src/fixity/minisign.js';
import { collisionKey, unsafePathReason } from '../../src/fixity/safe-path.js';
import { parseSshSignature, splitSshSignatures } from '../../src/fixity/ssh-signature.js';
import { parseExpression } from '../../src/selection/parse.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { mangle, seeded } from './mangle.js';
import { resealTagManifest } from './release-folder.js';

/** Which cases: seeds from `from`, so many. */
export interface FuzzRange {
  from: number;
  count: number;
}

/** Every file of a release, relative, sorted. */
function filesOf(root: string): string[] {
  const entries = readdirSync(root, { recursive: true, encoding: 'utf8', withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)).sort();
}

/**
 * Damages one file of a release after the other, with the tag manifest rewritten in every second case, and verifies. Returns the
 * cases in which it crashed, or took a damaged release for a sound one; the release is as it was in the end.
 */
export async function fuzzRelease(root: string, digest: string, { from, count }: FuzzRange): Promise<string[]> {
  const failed: string[] = [];
  const names = filesOf(root);
  const tags = readFileSync(join(root, 'tagmanifest-sha256.txt'));
  for (let seed = from; seed < from + count; seed++) {
    const random = seeded(seed);
    const name = names[random(names.length)]!;
    const before = readFileSync(join(root, name));
    writeFileSync(join(root, name), mangle(before, random));
    if (random(2) === 0 && name !== 'tagmanifest-sha256.txt') resealTagManifest(root);
    try {
      const { ok, not_checked } = await verifyRelease(root, { jobs: 1, expect: digest });
      // files beside data/ that release.json does not pin are told as such
      if (ok && !not_checked.some((sentence) => sentence.includes(name))) failed.push(`${seed} ${name}: passed`);
    } catch (error) {
      if (!(error instanceof CurationError)) failed.push(`${seed} ${name}: ${String(error)}`);
    }
    writeFileSync(join(root, name), before);
    writeFileSync(join(root, 'tagmanifest-sha256.txt'), tags);
  }
  return failed;
}

/** Hands damaged files to every parser that meets bytes from outside. Returns the cases in which one crashed, or took long. */
export function fuzzParsers(samples: readonly Buffer[], { from, count }: FuzzRange): string[] {
  const failed: string[] = [];
  for (let seed = from; seed < from + count; seed++) {
    const random = seeded(seed);
    const bytes = mangle(samples[random(samples.length)]!, random);
    const text = bytes.toString('utf8');
    for (const [name, parse] of Object.entries(PARSERS)) {
      const started = performance.now();
      try {
        parse(bytes, text);
      } catch (error) {
        if (isCrash(error)) failed.push(`${seed} ${name}: ${String(error)}`);
      }
      if (performance.now() - started > MAX_MS) failed.push(`${seed} ${name}: took ${Math.round(performance.now() - started)} ms`);
    }
  }
  return failed;
}

const MAX_MS = 2000;

const PARSERS: Record<string, (bytes: Buffer, text: string) => unknown> = {
  json: (bytes) => parseJsonStrict(bytes),
  lines: (_bytes, text) => text.split('\n').map((line) => [parseManifestLine(line), parseSizeLine(line), parseFetchLine(line), unsafePathReason(line), collisionKey(line)]),
  amendment: (bytes) => parseAmendment(bytes, 'amendment-1.json'),
  keyLog: (_bytes, text) => parseKeyLog(text, 'test-set'),
  signers: (_bytes, text) => parseAllowedSigners(text),
  sshSignatures: (_bytes, text) => splitSshSignatures(text).map(parseSshSignature),
  minisign: (bytes) => parseMinisignSignatures(bytes),
  minisignKey: (_bytes, text) => parseMinisignKey(text),
  page: (bytes) => readLateRegion(bytes),
  expression: (_bytes, text) => parseExpression(text),
};

/** What only a bug throws; refusals are errors of other kinds. */
function isCrash(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError || error instanceof AssertionError || !(error instanceof Error);
}

/** Whole files of every form that a parser meets; those of a release come on top. */
export function formSamples(): Buffer[] {
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1SuZl0d2c6GMtdB9JzjT8R5QSmk3bPJ3rLKfVMmPwt';
  return [
    `a@example.org,b* namespaces="colophon-*",valid-after="20250101" ${key} note\n# note\n*@x cert-authority ${key}\n`,
    `-----BEGIN SSH SIGNATURE-----\n${Buffer.concat([Buffer.from('SSHSIG\0\0\0\u0001\0\0\0\u0033\0\0\0\u000bssh-ed25519\0\0\0 '), Buffer.alloc(120, 7)]).toString('base64')}\n-----END SSH SIGNATURE-----\n`,
    `untrusted comment: x\n${Buffer.concat([Buffer.from('ED'), Buffer.alloc(72, 5)]).toString('base64')}\ntrusted comment: y\n${Buffer.alloc(64, 6).toString('base64')}\n`,
    `untrusted comment: minisign public key\n${Buffer.concat([Buffer.from('Ed'), Buffer.alloc(40, 5)]).toString('base64')}\n`,
    `{"dataset":"test-set","format":"colophon-amendment/1","number":1,"withdrawn":[{"case_id":"C1","date":"2026-01-01"}]}`,
    `{"action":"succeed","after":1,"dataset":"test-set","date":"2026-01-01","format":"colophon-key/1","key":"${key}","number":1,"previous":null}\n`,
    "split = 'train' and (modality in ('CT', 'MR') or not \"a b\".c like '%x' and d between 1 and 2.5e3)",
    'https://example.org/a%20b 3000 data/x\nhttps://example.org/c - data/y\n',
  ].map((text) => Buffer.from(text));
}
