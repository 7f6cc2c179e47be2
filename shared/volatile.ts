/** What differs from user to user or from day to day: in a prefix that many share it makes each one new. */
const patterns: readonly [RegExp, string][] = [
  [/\b(?:\d{1,3}\.){3}\d{1,3}\b/, 'an IP address'],
  [/\{\{[^}]*\}\}|\$\{[^}]*\}|\{[A-Za-z_][\w.]*\}|%[sd]\b|<%.*?%>/, 'a placeholder'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/i, 'a UUID'],
  [/[\w.+-]+@[\w-]+\.[\w.-]+/, 'an email address'],
  [/\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b/, 'a date'],
  [
    /\b(?:\d{1,2}(?:st|nd|rd|th)?\.? )?(?:January|February|March|April|June|July|August|September|October|November|December|Januar|Februar|März|Juni|Juli|Oktober|Dezember|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.? \d{1,4}\b|\b\d{1,2}(?:st|nd|rd|th)?\.? (?:of )?(?:January|February|March|April|May|June|July|August|September|October|November|December|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember)\b/,
    'a date',
  ],
  [/\b(?:today|tomorrow|yesterday) is\b|\b(?:current|today's) (?:date|time|day)\b/i, 'a date'],
  [/\b\d{1,2}:\d{2}(?::\d{2})?\b/, 'a time'],
  [/\b(?:as of|since|in) (?:19|20)\d{2}\b/i, 'a year'],
  [
    /\b(?:user|account|customer|session|request|order|ticket|tenant)[ _-]?(?:id)?[ :#=_-]+\w*\d\w*/i,
    'an id',
  ],
  [/\b(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9_-]{16,}\b|\b\d{7,}\b|\b[0-9a-f]{16,}\b/, 'an id'],
  [
    // A name is told by its capital: without one, "functions are called in order" names nobody.
    /\b(?:[Uu]ser(?:'s)? name is|(?:is|are) (?:called|named)|[Tt]he user,|[Dd]ear|[Hh]ello|[Hh]i|[Hh]allo|M(?:r|rs|s)\.?|Dr\.?|Herr|Frau) \p{Lu}\p{Ll}+/u,
    'a name',
  ],
]

/** The first volatile piece of a text and what it is; undefined where the text is the same for everybody. */
export function findVolatile(text: string): { piece: string; what: string } | undefined {
  for (const [pattern, what] of patterns) {
    const piece = pattern.exec(text)?.[0]
    if (piece !== undefined) return { piece, what }
  }
  return undefined
}
