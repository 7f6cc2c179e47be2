const people =
  'wife|husband|spouse|partner|girlfriend|boyfriend|fiance|fiancee|fiancé|fiancée|sons?|daughters?|kids?|child|children|baby|toddler|twins?|mum|mom|mother|dad|father|parents?|brothers?|sisters?|siblings?|cousins?|uncles?|aunts?|grand\\p{L}+|nephews?|nieces?|in-laws?|friends?|flatmates?|roommates?|housemates?|neighbou?rs?|colleagues?|boss|dogs?|cats?'

/** "My younger sister is …", "the user has a vegan sister": the statement is about the one named. */
const other = new RegExp(
  `^(?:(?:the user's|my|our) (?:[\\p{L}-]+ )?|(?:the user has|i have|i've|we have) (?:an?|one|two|three|\\d+) (?:[\\p{L}-]+ ){0,2})(${people})(?![\\p{L}])`,
  'iu',
)

/** The word for whom a statement tells of, in lower case, where that is not the user. */
export const personOf = (text: string): string | undefined => other.exec(text)?.[1]?.toLowerCase()
