/** Bounds on what an archive may make its reader do (CWE-409). */
export interface ArchiveLimits {
  /** Entries, folders and all: each costs some 300 bytes of memory. */
  entries: number;
  /** Bytes that come out of it. */
  bytes: number;
  /** How many times its own size may come out of it, once more than `ratioFromBytes` came. */
  ratio: number;
  ratioFromBytes: number;
  /** Bytes of one list beside the payload, and of all of them: these are put aside while the archive is read. */
  listBytes: number;
  allListBytes: number;
}

/** Far above any release: ten million files, 500 TB; 250 times its size is what no collection of images has packed to. */
export const ARCHIVE_LIMITS: ArchiveLimits = {
  entries: 10_000_000,
  bytes: 500e12,
  ratio: 250,
  ratioFromBytes: 1 << 30,
  listBytes: 2 ** 31,
  allListBytes: 2 ** 32,
};
