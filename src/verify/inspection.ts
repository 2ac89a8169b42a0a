import { join } from 'node:path';
import type { Effects } from '../effects.js';
import type { Engine } from '../engine/engine.js';
import type { WaitingWorkers } from '../engine/waiting-workers.js';
import type { AllowedSigner } from '../fixity/allowed-signers.js';
import type { SignedStatement } from '../fixity/key-statement.js';
import type { LatePage } from '../fixity/late-region.js';
import type { MinisignSigner } from '../fixity/minisign.js';
import type { AmendmentReport, Problem, ProblemKind, SeenRelease, SelectedImages, SignatureReport, Withdrawn } from '../model/verification.js';
import type { ReleaseDocument } from '../model/release.js';
import type { Effort } from './effort.js';
import type { ImageSelection } from './image-selection.js';
import type { Journal } from './journal.js';
import type { ReleaseMemory } from './release-memory.js';
import type { ArchiveTree } from './kinds/archive-tree.js';
import { PayloadList } from './payload-list.js';
import type { TableReader } from './table-reader.js';

/** What the caller of `verifyRelease` may ask for. */
export interface VerifyOptions {
  /** The release digest the reader was given (in a paper, by mail): `sha256:<hex>` or the hex alone. */
  expect?: string;
  /** Where files of a folder are hashed; default: worker threads here. */
  engine?: Engine;
  /** Worker threads; default: one a core, at most 4. */
  jobs?: number;
  /** Compare names and sizes only; payload bytes are not read, and the report says so. */
  fast?: boolean;
  /** Whose signatures count; without them a signature is told, and proves only that its key signed. */
  signers?: readonly AllowedSigner[];
  /** Public keys of minisign whose signatures count as well. */
  minisignKeys?: readonly MinisignSigner[];
  /** How many of both must have signed; 1 by default. */
  threshold?: number;
  /** Where amendments or later releases are, besides those in and beside the copy: files and folders. */
  amendments?: readonly string[];
  /** Opens tables, to learn more of withdrawn cases; without it only manifests and names of folders are asked. */
  tables?: TableReader;
  /** The least release that is accepted: its version, its sequence, or `latest`, the highest that `memory` has seen. */
  minRelease?: string;
  /** Where what was seen is remembered; nothing is, when absent. */
  memory?: ReleaseMemory;
  /** Images that are wanted: all others are left alone. Every file that is no image is checked all the same. */
  only?: ImageSelection;
  /** Where a run that is interrupted leaves what it has done, and finds what an earlier one left; nothing is kept when absent. */
  resume?: ResumeOptions;
  /** Called with each problem when it is found, before the run is over. No new work begins before what it returns is settled. */
  onProblem?(problem: Problem): void | Promise<void>;
  signal?: AbortSignal;
}

/** How an interrupted run is gone on with. */
export interface ResumeOptions {
  /** Of the user's state; outside the release. */
  folder: string;
  /** Releases of less payload than so many bytes are soon read again: no journal is kept of them. Default 1 GiB. */
  fromBytes?: number;
}

/** What is known about one release while the steps of `verify` work on it: each step adds to it, none takes away. */
export class Inspection {
  readonly problems: Problem[] = [];
  readonly notChecked: string[] = [];
  readonly signatures: SignatureReport[] = [];
  readonly amendments: AmendmentReport[] = [];
  /** Cases that this copy holds and that were withdrawn since. */
  readonly withdrawn: Withdrawn[] = [];
  /** Images of those cases that the manifest lists, by path. */
  readonly withdrawnPaths = new Map<string, Withdrawn>();
  /** Statements about signing keys that hold, oldest first. */
  readonly statements: SignedStatement[] = [];
  /** Fingerprints of the keys that the reader named and that signed, themselves or by their successors. */
  readonly agreed = new Set<string>();
  /** These keys and their successors: what was seen of the dataset is remembered by them. */
  readonly anchors = new Set<string>();
  /** Sentences: what to know, though nothing is wrong. */
  readonly notes: string[] = [];
  /** The highest release of the dataset that was seen before. */
  seen: SeenRelease | null = null;
  /** Names directly below the root that are regular files. */
  readonly rootFiles = new Set<string>();
  /** sha256 of each root file that was read, by name. */
  readonly tagDigests = new Map<string, string>();
  /** Root files that are there but cannot be read as files; each was reported once. */
  readonly unusable = new Set<string>();
  /** The lines of tagmanifest-sha256.txt, path to sha256; null when there is no such file. */
  tagLines: Map<string, string> | null = null;
  /** Null when release.json is missing or is not what it should be. */
  document: ReleaseDocument | null = null;
  /** index.html, where release.json gives its digest and it could be read; else null. */
  page: LatePage | null = null;
  readonly payload = new PayloadList();
  /** By path: a second digest that the manifest gives for it. */
  readonly conflicts = new Map<string, string[]>();
  /** Payload files that the manifest lists and the disk does not have, and that fetch.txt does not excuse. */
  readonly missing: string[] = [];
  /** Files on disk below data/ that the manifest does not list. */
  readonly extras: string[] = [];
  /** What `only` asks for; null when all is checked. */
  selected: SelectedImages | null = null;
  /** Null when this run keeps none. */
  journal: Journal | null = null;
  /** Files that were not read again, since they passed in an earlier run. */
  readonly kept = { files: 0, bytes: 0 };
  /** Threads that wait for files to hash; null when none were started. */
  workers: WaitingWorkers | null = null;
  /** What hashing took. */
  effort: Effort | null = null;
  /** When the run began, in ms since the epoch. */
  readonly began: number;
  #waiting: Promise<void>[] = [];
  /** Files looked at and bytes hashed. */
  files = 0;
  bytes = 0;

  constructor(
    readonly root: string,
    readonly options: VerifyOptions,
    readonly effects: Effects,
    /** The archive that the files are in; then `root` holds its lists only. Null for a folder. */
    readonly archive: ArchiveTree | null = null,
  ) {
    this.began = effects.now().getTime();
  }

  /** Adds a problem. `path` is relative to the release folder. */
  report(kind: ProblemKind, path: string, message: string, comparison: { expected?: string; found?: string } = {}): void {
    const problem: Problem = { kind, path, ...comparison, message };
    this.problems.push(problem);
    const taken = this.options.onProblem?.(problem);
    if (taken !== undefined) this.#waiting.push(taken);
  }

  /** Waits until whoever is told of problems has taken them. */
  async settle(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    await Promise.all(waiting);
  }

  /** The place of a root file, whose name is one of ours, or of a path that a rule of safe-path has passed. */
  resolve(path: string): string {
    return join(this.root, path);
  }

  /** sha256 of release.json, which is the release digest; null when it could not be read. */
  get digest(): string | null {
    return this.tagDigests.get('release.json') ?? null;
  }
}
