import { RELEASED_IMAGES } from './sql.js';

/** Largest difference of components of ImageOrientationPatient that is still one orientation: headers round to five digits or so. */
export const ORIENTATION_TOLERANCE = 0.002;

/** One component of a multi-valued attribute as a number; NULL when there is none. DuckDB splits a text once for all of them. */
function component(attribute: string, at: number): string {
  return `try_cast(string_split(${attribute}, '\\')[${at}] AS DOUBLE)`;
}

const POSITION = [1, 2, 3].map((at) => `${component('ImagePositionPatient', at)} AS p${at}`).join(', ');
const ORIENTATION = [1, 2, 3, 4, 5, 6].map((at) => `${component('ImageOrientationPatient', at)} AS o${at}`).join(', ');

/** SQL condition over `slices`: the series has images of several orientations as written, without which it is not turned. */
export const SEVERAL_ORIENTATIONS = `series IN (SELECT SeriesInstanceUID FROM ${RELEASED_IMAGES} GROUP BY SeriesInstanceUID HAVING min(ImageOrientationPatient) <> max(ImageOrientationPatient))`;

/** Images without localizers, which lie across the slices of their series. */
const NO_LOCALIZER = `NOT list_contains(string_split(coalesce(ImageType, ''), '\\'), 'LOCALIZER')`;

/**
 * Single-frame images of cross-sectional modalities with position and orientation as numbers p1 to p3, o1 to o6 (NULL
 * where absent or no numbers), as a subquery. Multi-frame images tell their geometry a frame, which the catalog has not.
 */
export function slices(modalities: readonly string[]): string {
  return `(SELECT source, path, SeriesInstanceUID AS series, Modality AS modality, coalesce(ImageType, '') LIKE 'ORIGINAL%' AS original,
      FrameOfReferenceUID, "Rows", "Columns", Manufacturer, PatientID, StudyInstanceUID,
      try_cast(InstanceNumber AS BIGINT) AS number, try_cast(SliceThickness AS DOUBLE) AS thickness, try_cast(SpacingBetweenSlices AS DOUBLE) AS spacing,
      ${POSITION}, ${ORIENTATION}
    FROM ${RELEASED_IMAGES} AS i
    WHERE Modality IN (${modalities.map((modality) => `'${modality}'`).join(', ')}) AND SeriesInstanceUID <> '' AND coalesce(try_cast(NumberOfFrames AS BIGINT), 1) <= 1 AND ${NO_LOCALIZER})`;
}
