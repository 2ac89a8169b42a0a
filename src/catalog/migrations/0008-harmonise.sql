-- Which rules stood in force when the cells of a clinical table were made; no row: none was about it. Where `changed`, the table
-- mended_<table> holds every cell as text after the rules, beside raw_<table>, which holds it as it came.
CREATE TABLE mended_table (
  table_name VARCHAR NOT NULL,
  rules VARCHAR NOT NULL,           -- sha256 over all rules in force
  changed BOOLEAN NOT NULL
);

-- What rules did to cells, counted. Spellings are named where a rule or its terms name them; keys and dates only by their form.
CREATE TABLE harmonization (
  table_name VARCHAR NOT NULL,      -- 'instance' for PatientID, which is mended where it meets a case and nowhere else
  column_name VARCHAR NOT NULL,
  rule VARCHAR NOT NULL,            -- <set>/<name>; own/<name>: of colophon.yaml
  outcome VARCHAR NOT NULL,         -- mended | left: not mended, see reason
  from_text VARCHAR,                -- NULL: not named, or the cell was empty
  to_text VARCHAR,                  -- NULL: the cell holds no value now, or was left
  reason VARCHAR NOT NULL,          -- why it holds no value, or was left; else empty
  merges BOOLEAN NOT NULL,          -- other spellings became the same: the mended cell no longer tells which it was
  row_count BIGINT NOT NULL
);

-- Studies without a LOINC code after the rules: the table of study descriptions knows them not, or by several codes.
CREATE TABLE unmapped (
  table_name VARCHAR NOT NULL,
  modality VARCHAR NOT NULL,        -- as the cell has it; empty: none
  description VARCHAR NOT NULL,     -- without case, runs of blanks as one; empty: none
  codes BIGINT NOT NULL,            -- LOINC codes that the table gives: 0 or several
  row_count BIGINT NOT NULL
);

-- The table of study descriptions (src/facts/SOURCES.md), one row a modality and description.
CREATE TABLE loinc_mapping (
  modality VARCHAR NOT NULL,
  description VARCHAR NOT NULL,     -- folded like that of `unmapped`
  loinc_code VARCHAR NOT NULL,
  loinc_long_common_name VARCHAR NOT NULL,
  version VARCHAR NOT NULL          -- of the table
);

CREATE MACRO fold_description(text) AS upper(trim(regexp_replace(text, '\s+', ' ', 'g')));

-- Studies of the images by that table: NULL where it knows no code or several.
CREATE VIEW study_loinc AS
  WITH described AS (
    SELECT StudyInstanceUID AS study_uid, case_id, Modality AS modality, fold_description(StudyDescription) AS description
    FROM instance WHERE StudyInstanceUID <> '' GROUP BY ALL
  )
  SELECT d.study_uid, any_value(d.case_id) AS case_id, list_sort(list(DISTINCT d.modality) FILTER (d.modality <> '')) AS modalities,
         min(d.description) AS study_description,
         CASE WHEN count(DISTINCT m.loinc_code) = 1 THEN min(m.loinc_code) END AS loinc_code,
         CASE WHEN count(DISTINCT m.loinc_code) = 1 THEN min(m.loinc_long_common_name) END AS loinc_long_common_name,
         count(DISTINCT m.loinc_code) AS codes, any_value(m.version) AS loinc_table
  FROM described AS d LEFT JOIN loinc_mapping AS m ON m.modality = d.modality AND m.description = d.description
  GROUP BY d.study_uid;
