/** A sha256 value: 64 lower-case hex digits. */
export type Sha256 = string;

/** The printable form of a digest, as `verify --expect` takes it and papers cite it: `sha256:<64 hex>`. */
export type PrefixedDigest = `sha256:${string}`;
