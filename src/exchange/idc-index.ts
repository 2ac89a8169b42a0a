import { statSync } from 'node:fs';
import { quoteIdentifier, quoteLiteral } from '../catalog/catalog.js';
import { exportParquet } from '../catalog/parquet.js';
import { isBucket } from './base-url.js';
import type { ExportJob } from './export-target.js';
import type { OpenedRelease } from './opened-release.js';

/** Attributes of the images that the index of IDC gives for a series, and whether a release of ours has them. */
const ATTRIBUTES: readonly [name: string, published: boolean][] = [
  ['PatientAge', false],
  ['PatientSex', false],
  ['StudyDate', false],
  ['StudyDescription', false],
  ['BodyPartExamined', true],
  ['Modality', true],
  ['Manufacturer', true],
  ['ManufacturerModelName', true],
  ['SeriesDate', false],
  ['SeriesDescription', false],
  ['SeriesNumber', true],
];

/**
 * The series of a release as the index of IDC has its own (the columns of the package idc-index-data), one row each, so that
 * programs written for it read this one. What a release does not publish (dates, ages, descriptions) is NULL, and so is an attribute that the
 * images of a series disagree about. `crdc_series_uuid` is the UUID of the content of the series.
 */
export function idcIndexJob(release: OpenedRelease, root: string | null): ExportJob {
  const { catalog, document, digest } = release;
  return {
    name: 'idc-index.parquet',
    async make(path) {
      const query = idcQuery(release, root);
      const [{ n: records } = { n: 0 }] = await catalog.all<{ n: number }>(`SELECT count(*) AS n FROM (${query})`);
      if (path === null) return { records, size_bytes: null };
      const metadata = { dataset: document.dataset.id, version: document.version, release_digest: `sha256:${digest}` };
      await exportParquet(catalog, { query, orderBy: ['PatientID', 'StudyInstanceUID', 'SeriesInstanceUID'], path, metadata });
      return { records, size_bytes: statSync(path).size };
    },
  };
}

function idcQuery({ side, document }: OpenedRelease, root: string | null): string {
  const bucket = root !== null && isBucket(root) ? new URL(root).host : null;
  const url = bucket === null || root === null ? 'NULL::VARCHAR' : `${quoteLiteral(root.replace(/^gs:/, 's3:'))} || i.folder || '/*'`;
  const attributes = ATTRIBUTES.map(([name, published]) => `${published ? `i.${quoteIdentifier(name)}::VARCHAR` : 'NULL::VARCHAR'} AS ${quoteIdentifier(name)}`);
  return `
    SELECT ${quoteLiteral(document.dataset.id)} AS collection_id, NULL::VARCHAR AS analysis_result_id, s.case_id AS PatientID, s.SeriesInstanceUID, s.StudyInstanceUID,
      NULL::VARCHAR AS source_DOI, ${attributes.join(', ')}, s.instances::BIGINT AS instanceCount, ${quoteLiteral(document.dataset.license)} AS license_short_name,
      ${bucket === null ? 'NULL::VARCHAR' : quoteLiteral(bucket)} AS aws_bucket, ${uuidOf('s.digest')} AS crdc_series_uuid, ${url} AS series_aws_url,
      round(s.size_bytes / 1000000, 2)::DOUBLE AS series_size_MB
    FROM ${side.own('series')} AS s JOIN (${seriesFolders(side.own('instances'))}) AS i USING (case_id, StudyInstanceUID, SeriesInstanceUID)`;
}

function seriesFolders(instances: string): string {
  const agreed = ATTRIBUTES.filter(([, published]) => published).map(([name]) => {
    const column = quoteIdentifier(name);
    return `CASE WHEN count(DISTINCT ${column}) = 1 THEN min(${column}) END AS ${column}`;
  });
  return `SELECT case_id, StudyInstanceUID, SeriesInstanceUID, ${folderOf('min(path)')} AS folder, ${agreed.join(', ')} FROM ${instances} GROUP BY ALL`;
}

/** SQL of the folder of a path. */
export function folderOf(path: string): string {
  return `regexp_replace(${path}, '/[^/]*$', '')`;
}

/** `contentUuid` in SQL; a test holds the two against each other. */
export function uuidOf(digest: string): string {
  const hex = `sha1('\\x6b\\xa7\\xb8\\x11\\x9d\\xad\\x11\\xd1\\x80\\xb4\\x00\\xc0\\x4f\\xd4\\x30\\xc8'::BLOB || encode('nih:sha-256;' || ${digest}))`;
  const variant = `substr('89ab', (instr('0123456789abcdef', h[17:17]) - 1) % 4 + 1, 1)`;
  return `list_transform([${hex}], lambda h: h[1:8] || '-' || h[9:12] || '-5' || h[14:16] || '-' || ${variant} || h[18:20] || '-' || h[21:32])[1]`;
}
