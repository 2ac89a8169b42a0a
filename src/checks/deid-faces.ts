import { RELEASED_IMAGES, sqlCheck, type SqlQuery } from './sql.js';

/** Slices, and their thickness in millimetres, from which a face can be rendered. */
const LEAST_SLICES = 20;
const MOST_THICKNESS_MM = 3;

/** Body parts of PS3.16 CID 4, and other spellings, whose volumes show a face. */
const PARTS = "('HEAD', 'FACE', 'SKULL', 'BRAIN', 'NECK', 'HEADNECK', 'HEAD NECK', 'HEAD_NECK', 'ORBIT', 'ORBITS', 'SINUS', 'SINUSES', 'MAXILLA', 'MANDIBLE', 'JAW', 'EAR', 'IAC', 'SELLA', 'PITUITARY', 'TMJ', 'NOSE', 'ZYGOMA', 'WHOLEBODY', 'WHOLE BODY', 'CAROTID')";
/** Words of descriptions that say so where no body part does. */
const WORDS = '(^|[^A-Z])(HEAD|BRAIN|FACE|FACIAL|MAXILLOFACIAL|SKULL|NECK|ORBITS?|SINUS(ES)?|IACS?|PITUITARY|WHOLE ?BODY)([^A-Z]|$)';
const OTHER_HEADS = '(FEMORAL|FEMUR|RADIAL|HUMERAL|FIBULAR|HEAD FIRST|PANCREA|SCAPULA|BLADDER NECK)';
const DEFACED_TEXT = '(defac|de-fac|skull[- ]?strip|recognizable visual|113102)';
/** Photographs of the visible light modules (PS3.4 B.5). */
const PHOTOGRAPHS = "('1.2.840.10008.5.1.4.1.1.77.1.4', '1.2.840.10008.5.1.4.1.1.77.1.4.1')";

interface FaceRow {
  path: string;
  key: string;
  n: number;
  kind: 'volume' | 'photograph';
}

/** DID-073: volumes and photographs that show a face were defaced. */
export const faceCheck = sqlCheck<FaceRow>('DID-073', ({ images, policy }) => {
  if (images === 0) return 'there are no image files';
  if (policy.defacing === 'off') return 'the policy asks for no defacing';
  const level = policy.defacing;
  const draft: SqlQuery<FaceRow>['draft'] = (row) => ({
    level,
    message: row.kind === 'volume' ? 'A volume of head or neck from which a face can be rendered says nothing of defacing.' : 'A photograph of a patient says nothing of recognisable features.',
    location: { kind: 'file', path: row.path, key: row.key, tag: 'RecognizableVisualFeatures' },
    hint: 'Deface it, set RecognizableVisualFeatures to NO and declare 113102.',
    expected: 'NO',
    found: row.kind === 'volume' ? `${row.n} slices` : `${row.n} ${row.n === 1 ? 'picture' : 'pictures'}`,
    content: row.key,
  });
  return [
    { subjects: `(SELECT DISTINCT SeriesInstanceUID FROM ${RELEASED_IMAGES} WHERE Modality IN ('CT', 'MR', 'PT'))`, sql: VOLUMES, draft },
    { subjects: `(SELECT 1 FROM ${RELEASED_IMAGES} WHERE ${IS_PHOTOGRAPH})`, sql: PHOTOGRAPH_SERIES, draft },
  ];
});

/** Images with whether they are known to be defaced; a text of the method counts where the marker is missing. */
const MARKED = `(SELECT i.*, coalesce(list_contains(f.rare_candidates, 'RecognizableVisualFeatures=NO'), false)
    OR regexp_matches(lower(coalesce(i.DeidentificationMethod, '')), '${DEFACED_TEXT}') AS defaced
  FROM ${RELEASED_IMAGES} AS i LEFT JOIN header_facts AS f USING (source, path))`;

const DESCRIPTION = "upper(coalesce(StudyDescription, '') || ' ' || coalesce(SeriesDescription, ''))";
const SHOWS_HEAD = `(upper(trim(coalesce(BodyPartExamined, ''))) IN ${PARTS} OR (coalesce(trim(BodyPartExamined), '') = ''
  AND regexp_matches(${DESCRIPTION}, '${WORDS}') AND NOT regexp_matches(${DESCRIPTION}, '${OTHER_HEADS}')))`;
/** Where no thickness is said, the slices may be thin. */
const THICKNESS = 'coalesce(TRY_CAST(SliceThickness AS DOUBLE), TRY_CAST(SpacingBetweenSlices AS DOUBLE), 0)';

const VOLUMES = `
  SELECT 'volume' AS kind, min(source || '/' || path) AS path, SeriesInstanceUID AS key, CAST(sum(greatest(coalesce(TRY_CAST(NumberOfFrames AS BIGINT), 1), 1)) AS BIGINT) AS n
  FROM ${MARKED} WHERE Modality IN ('CT', 'MR', 'PT') AND ${SHOWS_HEAD} AND ${THICKNESS} <= ${MOST_THICKNESS_MM} AND NOT defaced
  GROUP BY SeriesInstanceUID HAVING n >= ${LEAST_SLICES}`;

const IS_PHOTOGRAPH = `(Modality = 'XC' OR SOPClassUID IN ${PHOTOGRAPHS})`;

const PHOTOGRAPH_SERIES = `
  SELECT 'photograph' AS kind, min(source || '/' || path) AS path, coalesce(SeriesInstanceUID, '') AS key, count(*) AS n
  FROM ${MARKED} WHERE ${IS_PHOTOGRAPH} AND NOT defaced GROUP BY SeriesInstanceUID`;
