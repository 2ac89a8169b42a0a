-- What the last draw that placed a case was made from, to be replayed from a release; see src/model/split-draw.ts.
CREATE TABLE split_draw (
  split VARCHAR NOT NULL,
  draw JSON NOT NULL
);

-- The cases of that draw, with the least accepted case that each was linked to.
CREATE TABLE split_member (
  split VARCHAR NOT NULL,
  case_id VARCHAR NOT NULL,
  linked_to VARCHAR NOT NULL,
  forced BOOLEAN NOT NULL           -- by the file in `assign`
);
