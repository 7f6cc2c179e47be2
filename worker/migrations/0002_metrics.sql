-- What happened, added up: one number a metric, bucket of its histogram, and series. No user, no text.
-- `org` is a pseudonym, empty where a request had none. `span`: seconds that `start` (seconds since 1970)
-- stands for: 60, 3600, or 0 for all that has left the minutes.
CREATE TABLE metrics (
  span INTEGER NOT NULL,
  org TEXT NOT NULL,
  start INTEGER NOT NULL,
  metric TEXT NOT NULL,
  bucket INTEGER NOT NULL,
  arm TEXT NOT NULL,
  tier TEXT NOT NULL,
  cohort TEXT NOT NULL,
  amount REAL NOT NULL,
  PRIMARY KEY (span, org, start, metric, bucket, arm, tier, cohort)
) WITHOUT ROWID;

-- Batches that have been added: one that is sent again after a lost answer counts once.
CREATE TABLE metric_batches (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) WITHOUT ROWID;

-- When minutes were last folded into hours, seconds since 1970: one isolate at a time does it.
CREATE TABLE metric_upkeep (
  task TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO metric_upkeep (task, at) VALUES ('fold', 0);
