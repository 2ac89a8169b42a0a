import { type Catalog, quoteLiteral } from './catalog.js';
import { ImageRows, type ImageRow } from './image-rows.js';

/**
 * Takes rows of a dicom-folder source that were read elsewhere, in place of those that are known. Whether they are still true is for
 * the pull that follows: it reads every file whose size or time is not that of its row.
 */
export class ImageAdoption {
  private constructor(
    private readonly catalog: Catalog,
    private readonly source: string,
    private readonly rows: ImageRows,
  ) {}

  static async begin(catalog: Catalog, source: string): Promise<ImageAdoption> {
    await catalog.run('CREATE OR REPLACE TABLE adopted_instance AS FROM instance LIMIT 0');
    return new ImageAdoption(catalog, source, new ImageRows(catalog, source, { table: 'adopted_instance' }));
  }

  append(rows: Iterable<ImageRow>): Promise<void> {
    return this.rows.append(rows);
  }

  /** Puts all rows in at once. */
  async finish(): Promise<void> {
    this.rows.close();
    await this.catalog.transaction(async () => {
      await this.catalog.run(`DELETE FROM instance WHERE source = ${quoteLiteral(this.source)} AND path IN (SELECT path FROM adopted_instance)`);
      await this.catalog.run('INSERT INTO instance FROM adopted_instance');
      await this.catalog.run('DROP TABLE adopted_instance');
    });
  }
}
