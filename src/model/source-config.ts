/** The section `sources` of colophon.yaml: where accepted cases come from, one interface a kind. */

/** @discriminator kind */
export type SourceConfig = DicomFolderSource | TablesSource | DicomwebSource | S3Source | Gen3ManifestSource | IdcManifestSource | TciaManifestSource | HttpTablesSource | PostgresSource;

/** What every source says. */
interface SourceIdentity {
  /** @pattern ^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$ */
  name: string;
  /** Who sent what is in it, e.g. a hospital: part of the provenance of every row. */
  contributor?: string;
}

/** A folder tree of DICOM files. */
export interface DicomFolderSource extends SourceIdentity {
  kind: 'dicom-folder';
  /** Relative to the workspace, or absolute. */
  path: string;
}

/** A folder with one file a clinical table: `case.tsv`, `imaging_study.csv`, `measurement.parquet`, ... */
export interface TablesSource extends SourceIdentity {
  kind: 'tables';
  /** Relative to the workspace, or absolute. */
  path: string;
  /** Between the values of a list cell; `,` by default. */
  list_separator?: string;
}

/** How images that are elsewhere are read; the same for every kind of such a source. */
interface RemoteImages extends SourceIdentity {
  /**
   * `whole` (default): every byte, with its digests. `headers`: only as much of each file as its attributes take; such
   * images have no digest, and a release cannot hold them.
   */
  read?: 'whole' | 'headers';
  /**
   * Whether the bytes that were read stay in `.colophon/sources/<name>/` for the gate and the release (default), or are
   * read again, and held against their digest, whenever they are needed.
   */
  keep?: boolean;
  /**
   * Requests at the same time; default 8.
   * @minimum 1
   * @maximum 64
   * @asType integer
   */
  connections?: number;
  /**
   * Requests a second at most; no limit by default.
   * @exclusiveMinimum 0
   */
  requests_per_second?: number;
}

/** A PACS or archive that speaks DICOMweb (PS3.18): searched by QIDO-RS, read by WADO-RS. */
export interface DicomwebSource extends RemoteImages {
  kind: 'dicomweb';
  /**
   * Base of the service, e.g. `http://localhost:8042/dicom-web`; may name variables of the environment as `${NAME}`.
   */
  url: string;
  /** Attributes of the studies that are wanted, by keyword, as QIDO-RS matches them: `{ModalitiesInStudy: CT}`. */
  match?: Record<string, string>;
  /** How it is known who asks; secrets come from the environment, as `${NAME}`. */
  auth?: DicomwebAuth;
}

export interface DicomwebAuth {
  /** Value of the header Authorization, e.g. `Bearer ${PACS_TOKEN}`. */
  header?: string;
  /** OAuth 2.0 client credentials (RFC 6749 4.4): a token is asked for, and again when it expires. */
  oauth2?: {
    token_url: string;
    client_id: string;
    client_secret: string;
    scope?: string;
  };
}

/** Objects of a bucket; credentials come from the environment, as the AWS tools read it. */
export interface S3Source extends RemoteImages {
  kind: 's3';
  bucket: string;
  /** Folder of the bucket: all keys below `<prefix>/`; the whole bucket by default. */
  prefix?: string;
  /** URL of a server that is not Amazon's. */
  endpoint?: string;
  region?: string;
  /** Whether whoever asks pays for requests and transfer, as some public buckets want; default false. */
  requester_pays?: boolean;
  /** Only keys that end so are images, e.g. `.dcm`; all by default. */
  suffix?: string;
}

/** Where the files that a manifest lists are. */
interface ManifestImages extends RemoteImages {
  /** The manifest, relative to the workspace, or absolute. */
  path: string;
  /** URL (http, https, s3) that the file names of the manifest are relative to; the environment's `${NAME}` may stand in it. */
  base_url?: string;
  /** Folder that they are relative to, instead: what a client of that archive downloaded. */
  base_path?: string;
  /** S3 server that is not Amazon's. */
  endpoint?: string;
  /** Value of the header Authorization for `base_url`, e.g. `Bearer ${TOKEN}`. */
  authorization?: string;
}

/** Files of a Gen3 manifest (a data commons such as MIDRC): sizes and md5 are held against the bytes. */
export interface Gen3ManifestSource extends ManifestImages {
  kind: 'gen3-manifest';
}

/** Series of an s5cmd manifest, as the Imaging Data Commons writes them. */
export interface IdcManifestSource extends ManifestImages {
  kind: 'idc-manifest';
}

/** Series of a `.tcia` manifest of The Cancer Imaging Archive, from what its client downloaded, or by its API at `base_url`. */
export interface TciaManifestSource extends ManifestImages {
  kind: 'tcia-manifest';
}

/** Clinical tables on a web server. */
export interface HttpTablesSource extends SourceIdentity {
  kind: 'http-tables';
  /** Folder of the files, ending with `/` or not; the environment's `${NAME}` may stand in it. */
  url: string;
  /** Table to file below `url`: `{case: export/case.tsv}`. */
  tables: Record<string, string>;
  /** Value of the header Authorization, e.g. `Bearer ${TOKEN}`. */
  authorization?: string;
  list_separator?: string;
}

/** Clinical tables of a PostgreSQL registry. */
export interface PostgresSource extends SourceIdentity {
  kind: 'postgres';
  /** `postgresql://user@host/database`; secrets come from the environment, as `${NAME}`. */
  url: string;
  /** Table to the query that gives its rows: `{case: "select * from accepted_case order by id"}`. */
  tables: Record<string, string>;
  /** Between the values of a list cell, as which an array arrives; `,` by default. */
  list_separator?: string;
  /**
   * How long a query may take, and the server may say nothing; default 600.
   * @minimum 1
   * @maximum 86400
   * @asType integer
   */
  timeout_seconds?: number;
}

/** Sources of images. */
export type ImageSourceConfig = Exclude<SourceConfig, TableSourceConfig>;

/** Sources of clinical tables. */
export type TableSourceConfig = TablesSource | HttpTablesSource | PostgresSource;

/** Whether a source holds clinical tables. */
export function isTableSource(source: SourceConfig): source is TableSourceConfig {
  return source.kind === 'tables' || source.kind === 'http-tables' || source.kind === 'postgres';
}

/** Whether a source holds images. */
export function isImageSource(source: SourceConfig): source is ImageSourceConfig {
  return !isTableSource(source);
}

/** Sources whose images a manifest lists. */
export type ManifestSourceConfig = Gen3ManifestSource | IdcManifestSource | TciaManifestSource;

/** Whether a manifest lists the images of a source. */
export function isManifestSource(source: SourceConfig): source is ManifestSourceConfig {
  return source.kind === 'gen3-manifest' || source.kind === 'idc-manifest' || source.kind === 'tcia-manifest';
}

/** Folder of the user that the files of a source are in, relative to the workspace or absolute; null for one that is elsewhere. */
export function ownFolder(source: SourceConfig): string | null {
  if (source.kind === 'dicom-folder' || source.kind === 'tables') return source.path;
  return isManifestSource(source) ? (source.base_path ?? null) : null;
}

/** Sources of images that are not files of this machine. */
export type RemoteImageSourceConfig = Exclude<ImageSourceConfig, DicomFolderSource>;
