-- What models say of images. Derived data: all of it can be made anew by `colophon tag`.

-- The models as colophon.yaml names them now; written anew whenever the configuration is read.
CREATE TABLE configured_model (
  model VARCHAR NOT NULL,
  version VARCHAR NOT NULL,
  sha256 VARCHAR,                   -- pinned, else of the file; NULL when there is none
  settings VARCHAR NOT NULL,        -- sha256 over what decides scores and labels besides the file
  modalities VARCHAR[]              -- of the images that it judges; NULL: all
);

-- The models as they were when the rows in `tag` were made; one row a model.
CREATE TABLE tag_model (
  model VARCHAR NOT NULL,
  version VARCHAR NOT NULL,
  sha256 VARCHAR NOT NULL,
  settings VARCHAR NOT NULL,
  labels VARCHAR[] NOT NULL
);

-- One row a label that an image got, or one row without label: no label reached the threshold, or `error` says why none was sought.
CREATE TABLE tag (
  source VARCHAR NOT NULL,
  path VARCHAR NOT NULL,
  sha256 VARCHAR NOT NULL,          -- of the image when the model looked at it
  model VARCHAR NOT NULL,
  label VARCHAR,
  score DOUBLE,                     -- of the label, from 0 to 1; without label the highest there was
  scores JSON,                      -- of all labels, in the order of tag_model.labels: [0.02, 0.98]
  error VARCHAR                     -- no-pixels | not-decodable | changed | unreadable | model-failed | no-number
);

-- Images that a model judges as it is configured now.
CREATE VIEW tag_scope AS
  SELECT i.source, i.path, i.sha256, i.size_bytes, i.case_id, m.model
  FROM instance AS i JOIN configured_model AS m ON m.modalities IS NULL OR list_contains(m.modalities, i.Modality)
  WHERE i.status IN ('ok', 'partial') AND i.sha256 IS NOT NULL;

-- Tags of the models and images as they are now; nothing else is checked, balanced on or published.
CREATE VIEW current_tag AS
  SELECT t.source, t.path, t.sha256, s.case_id, t.model, m.version, m.sha256 AS model_sha256, t.label, t.score, t.scores, t.error
  FROM tag AS t
  JOIN tag_scope AS s ON s.source = t.source AND s.path = t.path AND s.sha256 = t.sha256 AND s.model = t.model
  JOIN tag_model AS m ON m.model = t.model
  JOIN configured_model AS c ON c.model = m.model AND c.version = m.version AND c.sha256 = m.sha256 AND c.settings = m.settings;
