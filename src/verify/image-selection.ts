/** Which images of a release somebody wants, told by its tables. */
export interface ImageSelection {
  /** As it was asked for. */
  readonly text: string;
  /**
   * Paths of the images, in pieces, each path once, in no order.
   * @param tables name to path, `instances` among them; their bytes are those that the manifest lists
   * @throws {CurationError} USAGE when the tables do not have what is asked for
   */
  select(tables: ReadonlyMap<string, string>): AsyncIterable<string[]>;
}
