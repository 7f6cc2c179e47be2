/** How well a user knows an area. */
export type Expertise = { area: string; level: 'beginner' | 'intermediate' | 'advanced' }

const patterns: readonly [RegExp, Expertise['level']][] = [
  [
    /\b(?:new to|learning|beginner (?:at|in|with)|started (?:with|learning)|novice (?:at|in)|never (?:used|done|worked with)|knows? little (?:about|of)) ([^,.;]+)/i,
    'beginner',
  ],
  [
    /\b(?:intermediate (?:at|in|with)|some experience (?:with|in)|knows? (?:a bit|some)(?: of| about)?|comfortable with|getting better at) ([^,.;]+)/i,
    'intermediate',
  ],
  [
    /\b(?:expert (?:in|at|with|on)|advanced (?:in|at|with)|senior in|fluent in|proficient (?:in|with|at)|deep experience (?:in|with)|knows? everything about|master of) ([^,.;]+)/i,
    'advanced',
  ],
  [
    /\b(?:\d+|many|ten|several) years (?:of )?(?:experience )?(?:with|in|of|doing|using) ([^,.;]+)/i,
    'advanced',
  ],
  [/\bknows? ([^,.;]+?) (?:very |really )?(?:well|inside out)\b/i, 'advanced'],
]

/** The area and level that a statement of expertise names, in its words; undefined where it names none. */
export function expertiseOf(line: string): Expertise | undefined {
  for (const [pattern, level] of patterns) {
    const area = pattern
      .exec(line)?.[1]
      ?.replace(/^(?:the|a|an|to) /i, '')
      .replace(/ (?:now|well|again|already|for .*|since .*)$/i, '')
      .trim()
    if (area) return { area, level }
  }
  return undefined
}
