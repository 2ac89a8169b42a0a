import type { TagErrorCode } from '../model/tagging.js';
import type { TableAppender } from './appender.js';
import type { Catalog } from './catalog.js';

/** A model as the configuration and its file are now. */
export interface ConfiguredModel {
  model: string;
  version: string;
  /** Pinned, else of the file; null when the file is not there or cannot be read. */
  sha256: string | null;
  /** sha256 over what decides scores and labels besides the file. */
  settings: string;
  modalities: readonly string[] | null;
}

/** A model that is about to run. */
export interface RunningModel extends ConfiguredModel {
  sha256: string;
  labels: readonly string[];
}

/** An image that models have to look at. */
export interface PendingImage {
  source: string;
  path: string;
  size_bytes: number;
  sha256: string;
  /** By name. */
  models: string[];
}

/** What one model said of one image; without `error` the labels that it gave, best first, possibly none. */
export interface TaggedImage {
  source: string;
  path: string;
  sha256: string;
  model: string;
  tags: readonly { label: string; score: number }[];
  /** Null with `error`. */
  scores: readonly number[] | null;
  error: TagErrorCode | null;
}

/** Rows between two commits: what a killed run loses at most. */
const COMMIT_ROWS = 1024;
/** Pending images fetched at once. */
const PENDING_ROWS = 20_000;

/** Replaces what the catalog knows of the configured models. */
export async function recordConfiguredModels(catalog: Catalog, models: readonly ConfiguredModel[]): Promise<void> {
  await catalog.transaction(async () => {
    await catalog.run('DELETE FROM configured_model');
    for (const { model, version, sha256, settings, modalities } of models)
      await catalog.run('INSERT INTO configured_model VALUES (?, ?, ?, ?, ?)', [model, version, sha256, settings, modalities]);
  });
}

/** Tells which models have run before, with the same file and the same settings. */
export async function provenModels(catalog: Catalog, models: readonly RunningModel[]): Promise<(model: RunningModel) => boolean> {
  const rows = await catalog.all<{ sha256: string; settings: string }>('SELECT sha256, settings FROM tag_model WHERE list_contains(?::VARCHAR[], model)', [models.map(({ model }) => model)]);
  return ({ sha256, settings }) => rows.some((row) => row.sha256 === sha256 && row.settings === settings);
}

/**
 * Brings the rows of `tag` up to date: drops those of other models, settings and bytes, lists the images that are left to
 * do, and takes their tags, committed now and then. Failures of an earlier run are tried again.
 */
export class TagLoad {
  private appender: TableAppender | null = null;
  private uncommitted = 0;
  private lastPosition = -1;

  private constructor(
    private readonly catalog: Catalog,
    /** Images left to do, and their bytes. */
    readonly pending: { images: number; bytes: number },
    /** Rows dropped, by model. */
    readonly dropped: ReadonlyMap<string, number>,
    /** Images that were done by an earlier run, by model. */
    readonly unchanged: ReadonlyMap<string, number>,
  ) {}

  /** Drops what is stale of the running models and all that belongs to no configured one. */
  static async begin(catalog: Catalog, models: readonly RunningModel[]): Promise<TagLoad> {
    const names = models.map(({ model }) => model);
    const dropped = await dropStale(catalog, models);
    await catalog.run(
      `CREATE OR REPLACE TABLE pending_tag AS
       SELECT row_number() OVER (ORDER BY s.source, s.path) - 1 AS position, s.source, s.path, s.size_bytes, s.sha256, list(s.model ORDER BY s.model) AS models
       FROM tag_scope AS s JOIN case_ AS c ON c.case_id = s.case_id AND c.status = 'accepted'
       WHERE list_contains(?::VARCHAR[], s.model)
         AND NOT EXISTS (FROM tag AS t WHERE t.source = s.source AND t.path = s.path AND t.model = s.model)
       GROUP BY s.source, s.path, s.size_bytes, s.sha256`,
      [names],
    );
    const [pending] = await catalog.all<{ images: number; bytes: number }>('SELECT count(*) AS images, coalesce(sum(size_bytes), 0)::BIGINT AS bytes FROM pending_tag');
    const done = await catalog.all<{ model: string; n: number }>('SELECT model, count(DISTINCT (source, path)) AS n FROM current_tag GROUP BY model');
    return new TagLoad(catalog, pending ?? { images: 0, bytes: 0 }, dropped, new Map(done.map(({ model, n }) => [model, n])));
  }

  /** The next images to look at, by source and path; empty when there are no more. */
  async nextPending(): Promise<PendingImage[]> {
    const images = await this.catalog.all<PendingImage & { position: number }>(
      'SELECT position, source, path, size_bytes, sha256, models FROM pending_tag WHERE position > ? ORDER BY position LIMIT ?',
      [this.lastPosition, PENDING_ROWS],
    );
    this.lastPosition = images.at(-1)?.position ?? this.lastPosition;
    return images;
  }

  /** Adds what models said of images, and commits it now and then. */
  async append(images: Iterable<TaggedImage>): Promise<void> {
    this.appender ??= await this.catalog.appender('tag');
    for (const { source, path, sha256, model, tags, scores, error } of images) {
      const rows = tags.length > 0 ? tags : [{ label: null, score: scores === null ? null : Math.max(...scores) }];
      for (const { label, score } of rows) this.appender.appendRow([source, path, sha256, model, label, score, scores === null ? null : JSON.stringify(scores), error]);
      this.uncommitted += rows.length;
    }
    if (this.uncommitted < COMMIT_ROWS) return;
    this.appender.flush();
    this.uncommitted = 0;
  }

  /** Commits and gives up the appender. */
  async end(): Promise<void> {
    this.appender?.close();
    this.appender = null;
    await this.catalog.run('DROP TABLE IF EXISTS pending_tag');
  }
}

/** Rows of other bytes of a model or an image, of other settings, of failures, and of models that are no longer configured. */
async function dropStale(catalog: Catalog, models: readonly RunningModel[]): Promise<Map<string, number>> {
  const names = models.map(({ model }) => model);
  return catalog.transaction(async () => {
    const before = await countTagged(catalog);
    await catalog.run('DELETE FROM tag WHERE model NOT IN (SELECT model FROM configured_model)');
    await catalog.run('DELETE FROM tag_model WHERE model NOT IN (SELECT model FROM configured_model)');
    for (const { model, version, sha256, settings, labels } of models) {
      const same = 'SELECT 1 FROM tag_model WHERE model = $model AND version = $version AND sha256 = $sha256 AND settings = $settings';
      await catalog.run(`DELETE FROM tag WHERE model = $model AND NOT EXISTS (${same})`, { model, version, sha256, settings });
      await catalog.run('DELETE FROM tag_model WHERE model = ?', [model]);
      await catalog.run('INSERT INTO tag_model VALUES (?, ?, ?, ?, ?)', [model, version, sha256, settings, labels]);
    }
    await catalog.run(
      `DELETE FROM tag WHERE list_contains(?::VARCHAR[], model)
       AND NOT EXISTS (FROM tag_scope AS s WHERE s.source = tag.source AND s.path = tag.path AND s.sha256 = tag.sha256 AND s.model = tag.model)`,
      [names],
    );
    const after = await countTagged(catalog);
    await catalog.run("DELETE FROM tag WHERE list_contains(?::VARCHAR[], model) AND error <> 'no-pixels'", [names]);
    return new Map([...before].map(([model, images]) => [model, images - (after.get(model) ?? 0)]));
  });
}

async function countTagged(catalog: Catalog): Promise<Map<string, number>> {
  const rows = await catalog.all<{ model: string; n: number }>('SELECT model, count(DISTINCT (source, path)) AS n FROM tag GROUP BY model');
  return new Map(rows.map(({ model, n }) => [model, n]));
}
