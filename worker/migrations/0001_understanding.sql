-- Who read or changed what of a self-model. Pseudonyms and ids, never a text.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  user_key TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL
);
CREATE INDEX audit_of_user ON audit (user_key, at);
CREATE INDEX audit_at ON audit (at);

-- What could not be learned, sealed as it was in the queue.
CREATE TABLE dead_letters (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  why TEXT NOT NULL,
  user_key TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX dead_letters_at ON dead_letters (at);
CREATE INDEX dead_letters_of_user ON dead_letters (user_key);
