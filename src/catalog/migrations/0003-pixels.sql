-- What the pixels of image files are: facts that rules about the set compare. Of a file without pixels, or whose pixels
-- could not be decoded, all are NULL.
CREATE TABLE pixel_fact (
  source VARCHAR NOT NULL,
  path VARCHAR NOT NULL,
  pixel_probe VARCHAR,              -- of geometry and some samples: files whose probes differ have different pixels
  pixel_digest VARCHAR,             -- of geometry and all samples; there when the probe does not tell the file apart
  perceptual_hash VARCHAR,          -- 64 bits, 16 hex digits
  perceptual_detail VARCHAR,        -- 272 bits, 68 hex digits: confirms what the hash finds
  undecodable VARCHAR               -- why the pixels could not be decoded
);

-- Cases that must stay together in every split: they share images. Written by the gate.
CREATE TABLE case_link (
  case_a VARCHAR NOT NULL,          -- the lesser of the two
  case_b VARCHAR NOT NULL,
  why VARCHAR NOT NULL              -- pixels | likeness
);
