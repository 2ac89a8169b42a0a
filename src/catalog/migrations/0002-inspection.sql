-- What is found out about image files beyond the kept attributes, each stage with the digest of what judged: a file is
-- looked at again only when its bytes, the rules or the policy changed.
CREATE TABLE inspected (
  stage VARCHAR NOT NULL,           -- header | pixels | digest | text | opinion
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

-- Facts of single files that rules about the set compare, by the stage that finds them.
CREATE TABLE header_facts (
  source VARCHAR NOT NULL,
  path VARCHAR NOT NULL,
  referenced_instances VARCHAR[] NOT NULL,
  rare_candidates VARCHAR[] NOT NULL,
  pixel_risk BOOLEAN NOT NULL       -- of a class that often carries text in its pixels
);

CREATE TABLE pixel_facts (
  source VARCHAR NOT NULL,
  path VARCHAR NOT NULL,
  pixel_digest VARCHAR,             -- sha256 over geometry and decoded samples; NULL: not needed, or not decodable
  pixel_probe VARCHAR,              -- sha256 over geometry and some samples: files whose probes differ have different pixels
  perceptual_hash VARCHAR,          -- 64 bits, hex; NULL: blank, or not decodable
  perceptual_detail VARCHAR         -- a longer one that confirms
);

-- Digests of files whose probe is also that of another file.
CREATE TABLE pixel_digests (
  source VARCHAR NOT NULL,
  path VARCHAR NOT NULL,
  pixel_digest VARCHAR
);

CREATE VIEW inspection AS
  SELECT h.source, h.path, coalesce(d.pixel_digest, p.pixel_digest) AS pixel_digest, p.pixel_probe, p.perceptual_hash, p.perceptual_detail,
         h.referenced_instances, h.rare_candidates
  FROM header_facts AS h
  LEFT JOIN pixel_facts AS p ON p.source = h.source AND p.path = h.path
  LEFT JOIN pixel_digests AS d ON d.source = h.source AND d.path = h.path;
