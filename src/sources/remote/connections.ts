/** Requests at the same time of a source that names no number. */
export const DEFAULT_CONNECTIONS = 8;
