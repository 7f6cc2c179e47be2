const common = new Set(
  'about after again also always been before being between both could does doing down each ever every from have having here into just like likes made make many more most much must need never only other over really should since some such than that their them then there these they this those through time under until user very want wants were what when where which while will with within without work would your'.split(
    ' ',
  ),
)

/** Words of four letters and more that say something, without plural s. */
export const contentWords = (text: string): string[] =>
  (text.toLowerCase().match(/\p{L}{4,}/gu) ?? [])
    .filter((word) => !common.has(word))
    .map((word) => word.replace(/s$/, ''))
