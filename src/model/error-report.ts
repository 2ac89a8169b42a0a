/** What every command prints in `--json` mode when it fails. */
export interface ErrorReport {
  error: {
    /** A code of src/errors.ts, `USAGE` or `BUG`. */
    code: string;
    message: string;
    /** The exit status, as in text mode. */
    exit: number;
    expected?: string;
    found?: string;
    /** What to do next, most likely first. */
    suggestions: string[];
  };
}
