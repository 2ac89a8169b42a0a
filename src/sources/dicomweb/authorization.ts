/** What stands in the header Authorization of requests to one server. */
export interface Authorization {
  /**
   * The value for the next request; null to send none.
   * @throws {SourceFailure} when none can be had
   */
  header(): Promise<string | null>;
  /** Says that the server did not take `used`. True: another one can be had. */
  refused(used: string | null): boolean;
}

/** A value that does not change; null: none. */
export class FixedAuthorization implements Authorization {
  readonly #value: string | null;

  constructor(value: string | null) {
    this.#value = value;
  }

  async header(): Promise<string | null> {
    return this.#value;
  }

  refused(): boolean {
    return false;
  }
}
