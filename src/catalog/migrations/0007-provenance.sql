-- Where every row came from. None of this is published: a release does not depend on when, or how often, was pulled.

-- One row each time that a source was pulled.
CREATE TABLE pull_batch (
  batch BIGINT NOT NULL,            -- ascending in the order of the pulls
  source VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,            -- of the source: tables, dicom-folder, postgres, ...
  contributor VARCHAR,              -- who sent what is in the source, as colophon.yaml said then; NULL: it did not
  began TIMESTAMP NOT NULL,         -- UTC
  ended TIMESTAMP,                  -- UTC; NULL: it did not end, or failed
  asked JSON NOT NULL               -- folder, address, queries: what was asked for, without secrets
);

-- The batch that brought a file; 0: one of before catalogs knew batches. NULL in `instance`: its pull did not end.
ALTER TABLE instance ADD COLUMN batch BIGINT DEFAULT 0;
ALTER TABLE instance ALTER COLUMN batch DROP DEFAULT;
ALTER TABLE table_file ADD COLUMN batch BIGINT DEFAULT 0;
ALTER TABLE table_file ALTER COLUMN batch DROP DEFAULT;

-- The batch that brought a clinical row. A row with the same cells as before keeps its batch when its table is loaded again.
CREATE TABLE row_batch (
  table_name VARCHAR NOT NULL,
  source VARCHAR NOT NULL,
  source_row BIGINT NOT NULL,
  batch BIGINT NOT NULL
);

-- What a web server said of the table file that was loaded, so that it can be asked whether it has another one (RFC 9110 13.1).
CREATE TABLE table_validator (
  source VARCHAR NOT NULL,
  table_name VARCHAR NOT NULL,
  url VARCHAR NOT NULL,             -- without user, password and query
  sha256 VARCHAR NOT NULL,          -- of the file that was said it of
  etag VARCHAR,
  last_modified VARCHAR
);

-- One row a clinical row (what = 'row') and a row an image (what = 'instance').
CREATE VIEW provenance AS
  SELECT 'row' AS what, r.table_name, r.source, r.source_row, f.path, r.batch, b.kind, b.contributor, b.began AS pulled
  FROM row_batch AS r
  LEFT JOIN table_file AS f ON f.source = r.source AND f.table_name = r.table_name
  LEFT JOIN pull_batch AS b ON b.batch = r.batch
  UNION ALL
  SELECT 'instance', NULL, i.source, NULL, i.path, i.batch, b.kind, b.contributor, b.began
  FROM instance AS i LEFT JOIN pull_batch AS b ON b.batch = i.batch;
