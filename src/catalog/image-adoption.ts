import type { TableAppender } from './appender.js';
import { type Catalog, quoteLiteral } from './catalog.js';
import { instanceCells, type ImageRow } from './image-load.js';

/**
 * Takes rows of a dicom-folder source that were read elsewhere, in place of those that are known. Whether they are still true is for
 * the pull that follows: it reads every file whose size or time is not that of its row.
 */
export class ImageAdoption {
  private constructor(
    private readonly catalog: Catalog,
    private readonly source: string,
    private readonly appender: TableAppender,
  ) {}

  static async begin(catalog: Catalog, source: string): Promise<ImageAdoption> {
    await catalog.run('CREATE OR REPLACE TABLE adopted_instance AS FROM instance LIMIT 0');
    return new ImageAdoption(catalog, source, await catalog.appender('adopted_instance'));
  }

  append(rows: Iterable<ImageRow>): void {
    for (const row of rows) this.appender.appendRow(instanceCells(this.source, row));
    this.appender.flush();
  }

  /** Puts all rows in at once. */
  async finish(): Promise<void> {
    this.appender.close();
    await this.catalog.transaction(async () => {
      await this.catalog.run(`DELETE FROM instance WHERE source = ${quoteLiteral(this.source)} AND path IN (SELECT path FROM adopted_instance)`);
      await this.catalog.run('INSERT INTO instance FROM adopted_instance');
      await this.catalog.run('DROP TABLE adopted_instance');
    });
  }
}
