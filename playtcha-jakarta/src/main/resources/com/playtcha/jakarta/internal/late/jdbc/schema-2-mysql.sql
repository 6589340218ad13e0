-- Tables of late results, version 2, for MariaDB and MySQL. Run it after version 1, in the same schema. It only adds tables, so that
-- nodes that know version 1 alone go on working. On a new installation, or once no such node runs any more, run also
--   UPDATE playtcha_late_schema SET version = 2 WHERE id = 1;

-- What is remembered of items that have ended, by the key that they had in playtcha_late_item.
CREATE TABLE playtcha_late_ended (
  item_key CHAR(64) NOT NULL,
  kind VARCHAR(16) NOT NULL,
  state VARCHAR(16) NOT NULL,
  outcome VARCHAR(16),
  result_digest CHAR(64),
  tracked SMALLINT NOT NULL,
  attempts INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  expires_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  purge_at BIGINT NOT NULL,
  last_error VARCHAR(6000),
  PRIMARY KEY (item_key)
) ENGINE = InnoDB DEFAULT CHARACTER SET ascii COLLATE ascii_bin;

CREATE INDEX playtcha_late_ended_purge ON playtcha_late_ended (purge_at);

-- Last, so that a version is there only when all else is. Row 1 has the oldest version that a node has to know, row 3 the
-- newest that was added.
INSERT INTO playtcha_late_schema (id, version) VALUES (3, 2);
