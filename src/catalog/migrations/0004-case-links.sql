-- Cases that the gate found to share images, by equal pixels or by looks: splits keep them in one part. Written by every
-- whole run of the gate.
CREATE TABLE case_link (
  case_a VARCHAR NOT NULL,
  case_b VARCHAR NOT NULL,
  why VARCHAR NOT NULL              -- pixels | likeness
);
