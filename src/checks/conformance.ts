import type { Check } from './check.js';
import { sameSeriesCheck } from './series-consistency.js';
import { seriesGeometryCheck } from './series-geometry.js';

/** DCM: series against themselves, over the catalog. Rules about single files are among the inspections. */
export const CONFORMANCE_CHECKS: readonly Check[] = [sameSeriesCheck, seriesGeometryCheck];
