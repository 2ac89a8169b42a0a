-- What is found out about image files beyond the kept attributes, each stage with the digest of what judged: a file is
-- looked at again only when its bytes, the rules or the policy changed.
CREATE TABLE inspected (
  stage VARCHAR NOT NULL,           -- header | pixels | text
  source VARCHAR NOT NULL,
  path VARCHAR NOT NULL,
  sha256 VARCHAR NOT NULL,          -- of the bytes that were judged
  inspector VARCHAR NOT NULL,       -- digest over rules, facts and policy
  outcome VARCHAR NOT NULL,         -- judged | failed: then nothing may be concluded from it
  reason VARCHAR,                   -- why it failed
  applied VARCHAR NOT NULL          -- ids of the rules that looked at the file, ascending, blank between them
);

-- Findings of the rules about single files.
CREATE TABLE inspection_finding (
  stage VARCHAR NOT NULL,
  source VARCHAR NOT NULL,
  path VARCHAR NOT NULL,
  code VARCHAR NOT NULL,
  level VARCHAR,                    -- NULL: the catalogue's
  message VARCHAR NOT NULL,
  tag VARCHAR,
  hint VARCHAR,
  expected VARCHAR,
  found VARCHAR,
  content VARCHAR
);

-- Facts of single files that rules about the set compare.
CREATE TABLE inspection (
  source VARCHAR NOT NULL,
  path VARCHAR NOT NULL,
  pixel_probe VARCHAR,              -- geometry and samples of the pixels: files whose probes differ have different pixels
  referenced_instances VARCHAR[] NOT NULL,
  rare_candidates VARCHAR[] NOT NULL
);
