-- What was done in this workspace: a row each time that a command had the catalog open for writing. Nothing of it is ever part of
-- a release. Only the last 1000 are kept.
CREATE TABLE runs (
  number BIGINT NOT NULL,           -- 1, 2, 3, ... in this catalog
  run VARCHAR NOT NULL,             -- as in logs and traces; one command may have several rows
  command VARCHAR NOT NULL,         -- as typed: 'release cut'; 'library' for callers of the library
  doing VARCHAR NOT NULL,           -- 'pulling', 'checking', ...
  began TIMESTAMP NOT NULL,         -- UTC
  ended TIMESTAMP,                  -- NULL: it goes on, or was killed
  seconds DOUBLE,                   -- by a clock that does not jump
  outcome VARCHAR NOT NULL,         -- running | done | findings | failed | interrupted | unfinished: killed, as the next run found
  exit_status INTEGER,
  error_code VARCHAR,               -- of the error that ended it
  engine VARCHAR,
  jobs INTEGER,                     -- NULL: as many as the machine has
  files BIGINT,
  bytes BIGINT,
  errors BIGINT,                    -- findings by level; NULL: nothing was judged
  warnings BIGINT,
  infos BIGINT,
  waived BIGINT,
  tool_version VARCHAR NOT NULL
);
