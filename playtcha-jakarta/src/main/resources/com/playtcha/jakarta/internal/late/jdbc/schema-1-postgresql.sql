-- Tables of late results, version 1, for PostgreSQL. The library makes them by itself where it may; where a DBA
-- does, run this file once, in the schema that the application's data source opens.
-- Times are milliseconds since 1970 in UTC. Texts from outside are escaped to ASCII (\uXXXX).

-- The file keeps the size of its longest backlog: the next one needs it again, cutting it off locks the table, and plans that
-- were made for a table without pages would read all of it for each row.
CREATE TABLE playtcha_late_item (
  item_key CHAR(64) NOT NULL,
  item_id VARCHAR(1200) NOT NULL,
  kind VARCHAR(16) NOT NULL,
  state VARCHAR(16) NOT NULL,
  lane VARCHAR(8) NOT NULL,
  source VARCHAR(1200) NOT NULL,
  tracked SMALLINT NOT NULL,
  sent SMALLINT NOT NULL,
  attempts INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  started_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  dead_since BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  fence BIGINT NOT NULL,
  owner VARCHAR(100),
  lease_until BIGINT NOT NULL,
  outcome VARCHAR(16),
  result_digest CHAR(64),
  last_error VARCHAR(6000),
  token TEXT,
  result TEXT,
  PRIMARY KEY (item_key)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);

-- For the queues, and what has ended by the time it is deleted.
CREATE INDEX playtcha_late_item_due ON playtcha_late_item (lane, due_at);

-- For the verdicts to poll for, per guard.
CREATE INDEX playtcha_late_item_source ON playtcha_late_item (source, due_at)
  WHERE lane = 'ASK';

-- For awaited items by their expiry.
CREATE INDEX playtcha_late_item_expires ON playtcha_late_item (lane, expires_at)
  WHERE lane IN ('ASK', 'POLL');

-- For dead letters, oldest first.
CREATE INDEX playtcha_late_item_dead ON playtcha_late_item (dead_since, item_key)
  WHERE state = 'DEAD_LETTER';

-- For waiting items that nobody tracked.
CREATE INDEX playtcha_late_item_tracked ON playtcha_late_item (lane, due_at)
  WHERE tracked = 0 AND lane IN ('POLL', 'DELIVER');

CREATE TABLE playtcha_late_grant (
  grant_key CHAR(64) NOT NULL,
  until_at BIGINT NOT NULL,
  PRIMARY KEY (grant_key)
);

CREATE INDEX playtcha_late_grant_until ON playtcha_late_grant (until_at);

-- Last, so that a version is there only when all else is.
CREATE TABLE playtcha_late_schema (
  id INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (id)
);

INSERT INTO playtcha_late_schema (id, version) VALUES (1, 1);
