-- Tables of late results, version 1, for H2. The library makes them by itself where it may; where a DBA
-- does, run this file once, in the schema that the application's data source opens.
-- Times are milliseconds since 1970 in UTC. Texts from outside are escaped to ASCII (\uXXXX).

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
  token CLOB,
  result CLOB,
  PRIMARY KEY (item_key)
);

-- For the queues, and what has ended by the time it is deleted.
CREATE INDEX playtcha_late_item_due ON playtcha_late_item (lane, due_at);

-- For the verdicts to poll for, per guard.
CREATE INDEX playtcha_late_item_source ON playtcha_late_item (lane, source, due_at);

-- For awaited items by their expiry.
CREATE INDEX playtcha_late_item_expires ON playtcha_late_item (lane, expires_at);

-- For dead letters, oldest first.
CREATE INDEX playtcha_late_item_dead ON playtcha_late_item (state, dead_since, item_key);

-- For waiting items that nobody tracked.
CREATE INDEX playtcha_late_item_tracked ON playtcha_late_item (tracked, lane, due_at);

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
