/** What is found out about one image file by reading it as a whole: findings of the rules about files, and facts for the rules about the set. */
import type { Level } from './finding.js';

/** A finding about one file. `code` is a rule of the catalogue of checks. */
export interface FileFinding {
  code: string;
  /** The catalogue's level when absent. */
  level?: Level;
  /** One sentence; never repeats a value. */
  message: string;
  /** DICOM keyword, or nested path as `(0040,A730)[4]/(0040,A123)`; absent when it is about the file as a whole. */
  tag?: string;
  hint?: string;
  expected?: string;
  /** Never a value that could identify anybody: see text/mask. */
  found?: string;
  /** What the finding is about, as it is now; goes into the fingerprint only. Null: nothing to bind a waiver to. */
  content: string | null;
}

/** Where the rules about one file say what they looked at and what is wrong. */
export interface FileReport {
  /** `code` applied to this file and was judged. */
  looked(code: string): void;
  add(finding: FileFinding): void;
}

/** Facts of one file that rules about the whole set compare; a row of the catalog's `header_facts`. */
export interface HeaderFacts {
  /** SOP Instance UIDs that the file refers to, without repetition, ascending. */
  referenced_instances: string[];
  /** Texts of attributes with few values in a set, `keyword=value`: what is rare among them is looked at (DID-095). */
  rare_candidates: string[];
  /** Whether the image is of a class that often carries text in its pixels (DID-071). */
  pixel_risk: boolean;
}

/** Facts of the pixels of one file; a row of the catalog's `pixel_facts`. */
export interface PixelFactsRow {
  /** sha256 over geometry and decoded samples of all frames; null: not needed, or not decodable. */
  pixel_digest: string | null;
  /** sha256 over geometry and some samples: files whose probes differ have different pixels. */
  pixel_probe: string | null;
  /** 64-bit perceptual hash of a windowed frame, 16 hex digits; null: blank, or not decodable. */
  perceptual_hash: string | null;
  /** A longer hash that confirms. */
  perceptual_detail: string | null;
}

/** What looking at one file gave. */
export interface FileInspection<Facts> {
  path: string;
  outcome: 'judged' | 'failed';
  /** Why nothing may be concluded from it; null when it was judged. */
  reason: string | null;
  /** Ids of the rules that looked at the file, ascending, blank between them. */
  applied: string;
  findings: FileFinding[];
  /** Null when the stage found none. */
  facts: Facts | null;
}

/** Digest-relevant version of the rules about single files: raise it when one of them judges otherwise. */
export const INSPECTION_VERSION = 3;
