-- One row a series and hand-over in place of one a number, since D1 bills rows. `cells` is JSON:
-- [[metric, bucket, amount], ...]. `part`: the batch that brought it, or when it was folded.
CREATE TABLE metric_series (
  span INTEGER NOT NULL,
  org TEXT NOT NULL,
  start INTEGER NOT NULL,
  arm TEXT NOT NULL,
  tier TEXT NOT NULL,
  cohort TEXT NOT NULL,
  part TEXT NOT NULL,
  cells TEXT NOT NULL,
  PRIMARY KEY (span, org, start, arm, tier, cohort, part)
) WITHOUT ROWID;

INSERT INTO metric_series
  SELECT span, org, start, arm, tier, cohort, 'all',
    json_group_array(json_array(metric, bucket, amount))
  FROM metrics GROUP BY span, org, start, arm, tier, cohort;

-- Minutes before this are in the sum of all time (span 0) already, seconds since 1970.
INSERT INTO metric_upkeep (task, at) VALUES ('all', 0);

DROP TABLE metrics;
DROP TABLE metric_batches;
