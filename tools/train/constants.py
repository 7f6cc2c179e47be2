"""Names and sizes that the formats fix (models/FORMAT.md)."""

HEADS = ["profile1", "profile2", "style", "medical", "legal", "financial", "safety", "session", "sessionHistory", "analytic", "discloses"]
COLUMN = {name: i for i, name in enumerate(HEADS)}
REQUEST_COLUMNS = [0, 1, 2, 3, 4, 5, 6, 7, 9]
CATEGORIES = ["belief", "constraint", "diet", "expertise", "family", "finance", "goal", "health", "history", "location", "preference", "project", "role", "schedule", "style", "tool"]
NO_CATEGORY = len(CATEGORIES)
LABELS = CATEGORIES + ["correction"]
TOKEN_COLUMNS = 3 + len(LABELS)  # O, B, I, then the categories and correction
LANGUAGES = ["en", "de", "es", "fr", "pt", "zh"]
CLIP = {"request": [46, 48], "fact": [24, 22], "sessionQuery": [24, 24], "message": [16, 16], "notes": [0, 24], "disclosure": 126}
ANALYTIC_KINDS = {"fact", "explain", "math", "code", "transform"}
PAD, UNK, CLS, SEP = 0, 100, 101, 102
