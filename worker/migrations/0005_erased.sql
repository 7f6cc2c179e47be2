-- Whom an erasure has just met: what an isolate still holds of them from before is not written. Kept for a day.
CREATE TABLE erased (
  user_key TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX erased_at ON erased (at);
