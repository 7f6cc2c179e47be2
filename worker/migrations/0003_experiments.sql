-- Who was in which arm: one row a session. Pseudonyms, labels and sums, never a text.
CREATE TABLE exposures (
  org_key TEXT NOT NULL,
  experiment TEXT NOT NULL,
  user_key TEXT NOT NULL,
  session TEXT NOT NULL,
  arm TEXT NOT NULL,
  at INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  attached INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  waited INTEGER NOT NULL,
  decided INTEGER NOT NULL,
  needed INTEGER NOT NULL,
  followed INTEGER NOT NULL,
  PRIMARY KEY (org_key, experiment, user_key, session)
) WITHOUT ROWID;
CREATE INDEX exposures_at ON exposures (at);
CREATE INDEX exposures_of_user ON exposures (user_key);

-- What happened, as apps report it. The id is the reporter's: the same report counts once.
CREATE TABLE outcomes (
  org_key TEXT NOT NULL,
  user_key TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  value REAL NOT NULL,
  session TEXT NOT NULL,
  receipt TEXT NOT NULL,
  at INTEGER NOT NULL,
  kept INTEGER NOT NULL,
  PRIMARY KEY (org_key, user_key, id)
) WITHOUT ROWID;
CREATE INDEX outcomes_named ON outcomes (org_key, name, user_key, at);
CREATE INDEX outcomes_kept ON outcomes (user_key, kept);
CREATE INDEX outcomes_at ON outcomes (at);
