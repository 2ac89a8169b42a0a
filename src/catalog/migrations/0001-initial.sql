-- The catalog: everything that pull, check, split and cut know. All of it can be rebuilt from the sources and the
-- workspace's own files. One process, one thread writes it.

-- One row a file found in a dicom-folder source, readable or not: nothing is skipped in silence.
CREATE TABLE instance (
  source VARCHAR NOT NULL,
  path VARCHAR NOT NULL,            -- relative to the source, '/'-separated
  size_bytes BIGINT,                -- NULL when the file could not be read
  mtime_ns BIGINT,                  -- nanoseconds since the epoch: with size_bytes, decides whether a file is read again
  sha256 VARCHAR,                   -- of the whole file; NULL when it could not be read
  md5 VARCHAR,                      -- only when the release wants it
  status VARCHAR NOT NULL,          -- ok | partial | unreadable
  error_code VARCHAR,
  error VARCHAR,
  case_id VARCHAR,                  -- PatientID through the configured link; NULL when it meets no case
  TransferSyntaxUID VARCHAR,
  -- kept attributes under their keywords, as stored; several values joined by '\' (src/model/header.ts)
  SpecificCharacterSet VARCHAR,
  ImageType VARCHAR,
  SOPClassUID VARCHAR,
  SOPInstanceUID VARCHAR,
  StudyDate VARCHAR,
  SeriesDate VARCHAR,
  StudyTime VARCHAR,
  AccessionNumber VARCHAR,
  Modality VARCHAR,
  Manufacturer VARCHAR,
  InstitutionName VARCHAR,
  StudyDescription VARCHAR,
  SeriesDescription VARCHAR,
  ManufacturerModelName VARCHAR,
  PatientName VARCHAR,
  PatientID VARCHAR,
  PatientBirthDate VARCHAR,
  PatientSex VARCHAR,
  PatientAge VARCHAR,
  PatientIdentityRemoved VARCHAR,
  DeidentificationMethod VARCHAR,
  ContrastBolusAgent VARCHAR,
  BodyPartExamined VARCHAR,
  SliceThickness VARCHAR,
  KVP VARCHAR,
  SpacingBetweenSlices VARCHAR,
  SpatialResolution VARCHAR,
  ImagerPixelSpacing VARCHAR,
  ConvolutionKernel VARCHAR,
  PatientPosition VARCHAR,
  ViewPosition VARCHAR,
  DetectorType VARCHAR,
  StudyInstanceUID VARCHAR,
  SeriesInstanceUID VARCHAR,
  StudyID VARCHAR,
  SeriesNumber VARCHAR,
  InstanceNumber VARCHAR,
  ImagePositionPatient VARCHAR,
  ImageOrientationPatient VARCHAR,
  FrameOfReferenceUID VARCHAR,
  Laterality VARCHAR,
  ImageLaterality VARCHAR,
  SamplesPerPixel VARCHAR,
  PhotometricInterpretation VARCHAR,
  NumberOfFrames VARCHAR,
  Rows VARCHAR,
  Columns VARCHAR,
  PixelSpacing VARCHAR,
  BitsAllocated VARCHAR,
  BitsStored VARCHAR,
  BurnedInAnnotation VARCHAR,
  LongitudinalTemporalInformationModified VARCHAR,
  LossyImageCompression VARCHAR
);

-- One row a file of a tables source.
CREATE TABLE table_file (
  source VARCHAR NOT NULL,
  path VARCHAR NOT NULL,
  table_name VARCHAR NOT NULL,
  size_bytes BIGINT NOT NULL,
  mtime_ns BIGINT NOT NULL,
  sha256 VARCHAR NOT NULL,
  row_count BIGINT NOT NULL,        -- rows loaded; 0 when the file was refused
  status VARCHAR NOT NULL,          -- loaded | refused
  columns VARCHAR[] NOT NULL,       -- in the order of the file; empty when the file was refused
  schema_digest VARCHAR NOT NULL    -- of the schema that typed its rows: another one types them again; empty: none
);

-- What the strict pass over tables and folders found wrong; becomes findings of the gate.
CREATE TABLE source_defect (
  source VARCHAR NOT NULL,
  path VARCHAR NOT NULL,
  table_name VARCHAR,
  code VARCHAR NOT NULL,            -- rule id: SCH-001, SCH-002, SCH-003
  line BIGINT,                      -- 1 = first line of the file
  column_name VARCHAR,
  message VARCHAR NOT NULL,
  expected VARCHAR,
  found VARCHAR
);

-- The clinical tables that were loaded: raw_<table> holds every cell as text (source, source_row, then the columns of
-- the file), clinical_<table> the same rows typed by the schema, with NULL where a cell does not fit its type.
CREATE TABLE clinical_table (
  table_name VARCHAR NOT NULL,
  columns VARCHAR[] NOT NULL,       -- in the order of the file
  key_column VARCHAR
);

-- Which cases a clinical row belongs to, directly or through the rows it links to; several rows here for a row of
-- several cases, none for a row of a table that leads to no case (src/catalog/row-cases.ts).
CREATE TABLE row_case (
  table_name VARCHAR NOT NULL,
  source VARCHAR NOT NULL,
  source_row BIGINT NOT NULL,
  case_id VARCHAR NOT NULL
);

-- Every case that a table or a header names, and whether it is in.
CREATE TABLE case_ (
  case_id VARCHAR NOT NULL,
  status VARCHAR NOT NULL,          -- accepted | rejected | withdrawn | unknown (images only, no row)
                                    -- withheld: accepted, but outside the part that releases hold (release.within)
  reason VARCHAR NOT NULL
);

CREATE VIEW series AS
  SELECT SeriesInstanceUID AS series_uid, any_value(StudyInstanceUID) AS study_uid, any_value(case_id) AS case_id,
         any_value(Modality) AS modality, count(*) AS instances, sum(size_bytes) AS size_bytes
  FROM instance WHERE SeriesInstanceUID IS NOT NULL AND SeriesInstanceUID <> '' GROUP BY SeriesInstanceUID;

CREATE VIEW study AS
  SELECT StudyInstanceUID AS study_uid, any_value(case_id) AS case_id,
         list_sort(list(DISTINCT Modality) FILTER (Modality IS NOT NULL AND Modality <> '')) AS modalities,
         count(DISTINCT SeriesInstanceUID) AS series, count(*) AS instances, sum(size_bytes) AS size_bytes
  FROM instance WHERE StudyInstanceUID IS NOT NULL AND StudyInstanceUID <> '' GROUP BY StudyInstanceUID;

-- The last run of the gate.
CREATE TABLE finding (
  code VARCHAR NOT NULL,
  level VARCHAR NOT NULL,
  message VARCHAR NOT NULL,
  location JSON NOT NULL,
  hint VARCHAR,
  expected VARCHAR,
  found VARCHAR,
  fingerprint VARCHAR NOT NULL,
  waived BOOLEAN NOT NULL
);

CREATE TABLE waiver (
  code VARCHAR NOT NULL,
  fingerprint VARCHAR NOT NULL,
  reason VARCHAR NOT NULL,
  approver VARCHAR NOT NULL,
  expiry DATE NOT NULL
);

CREATE TABLE split (
  split VARCHAR NOT NULL,
  algorithm VARCHAR NOT NULL,
  seed VARCHAR NOT NULL,
  input_digest VARCHAR NOT NULL,
  unassigned JSON NOT NULL          -- [{case_id, reason}]
);

-- Append-only history, loaded from splits/<name>.csv (frozen) and from the last draw (not frozen).
CREATE TABLE assignment (
  split VARCHAR NOT NULL,
  sequence BIGINT NOT NULL,         -- order of the record; later rows of a case win
  case_id VARCHAR NOT NULL,
  group_id VARCHAR NOT NULL,
  part VARCHAR NOT NULL,
  frozen BOOLEAN NOT NULL,
  since DATE
);

CREATE VIEW assignments AS
  SELECT split, case_id, arg_max(part, sequence) AS part, arg_max(group_id, sequence) AS group_id,
         arg_max(frozen, sequence) AS frozen, max_by(since, sequence) AS since
  FROM assignment GROUP BY split, case_id;

-- Published releases and the content digests of what they hold (level: case | study | series | instance).
CREATE TABLE release (
  version VARCHAR NOT NULL,
  sequence BIGINT NOT NULL,
  date DATE NOT NULL,
  digest VARCHAR NOT NULL
);

CREATE TABLE release_item (
  version VARCHAR NOT NULL,
  level VARCHAR NOT NULL,
  id VARCHAR NOT NULL,
  digest VARCHAR NOT NULL
);
