import { createRequire } from 'node:module';
import type * as Api from '@duckdb/node-api';

// node-api is CommonJS in 150 files: `import` looks through all of them for names first (measured: 250 ms against 95 ms
// of CPU at every start of a command). Types come from the package itself, they cost nothing.
const api = createRequire(import.meta.url)('@duckdb/node-api') as typeof Api;

export type DuckDBTypeId = Api.DuckDBTypeId;

export const {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTypeId,
  LIST,
  listValue,
  SQLNULL,
  VARCHAR,
} = api;

export const StatementType: typeof Api.StatementType = api.StatementType;
