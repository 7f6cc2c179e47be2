/** Third person of what stands after "I". Unknown words are taken for a present-tense verb. */
const irregular: Record<string, string> = {
  am: 'is',
  are: 'is',
  have: 'has',
  do: 'does',
  go: 'goes',
  be: 'is',
  "'m": 'is',
  "'ve": 'has',
  "'ll": 'will',
  "'d": 'would',
  were: 'was',
  "don't": 'does not',
  dont: 'does not',
  "haven't": 'has not',
  havent: 'has not',
  "aren't": 'is not',
  arent: 'is not',
  "ain't": 'is not',
  "weren't": 'was not',
  "can't": 'cannot',
  cant: 'cannot',
  "won't": 'will not',
  wont: 'will not',
  "didn't": 'did not',
  didnt: 'did not',
  "couldn't": 'could not',
  "wouldn't": 'would not',
  "shouldn't": 'should not',
  "mustn't": 'must not',
  "wasn't": 'was not',
  "isn't": 'is not',
  "hadn't": 'had not',
  wanna: 'wants to',
  gotta: 'must',
  gonna: 'is going to',
}

const unchanged = new Set(
  `can could will would shall should must may might cannot was had did is has does used cant
  got went came saw took made gave bought brought built broke began became chose did drew drove ate fell felt found forgot
  grew heard held kept knew learnt led left lent lost met paid put quit read ran said sold sent set shot slept spent stood
  spoke stole swam taught told thought threw understood woke wore won wrote born been done gone seen taken given known
  grown brought kept lost hurt cut cost let hit beat bet burnt came overcame withdrew flew hid rode sang sat stuck
  dropped moved`.split(/\s+/),
)

const adverbs = new Set(
  `only never always usually often also still really mostly just already actually currently generally rarely seldom hardly
  simply strictly normally basically honestly now then even ever both all sometimes totally absolutely definitely probably
  literally kinda kind sort of strongly personally even not recently finally mainly almost barely sincerely firmly truly
  exclusively regularly occasionally typically previously formerly myself ourselves so too no longer`.split(
    /\s+/,
  ),
)

export const isAdverb = (word: string): boolean => adverbs.has(word) || /^[a-z]{4,}ly$/.test(word)

/** Words that begin something other than a verb: nothing to agree with. */
const notVerbs = new Set(
  `a an the my our his her their this that these those in on at to from with for by of as and or but who which
  when where while because since if than no not`.split(/\s+/),
)

export function thirdPerson(word: string): string {
  const lower = word.toLowerCase().replace('’', "'")
  const known = irregular[lower]
  if (known) return known
  if (unchanged.has(lower) || notVerbs.has(lower) || !/^[a-z]+$/.test(lower)) return word
  if (
    lower.endsWith('ed') &&
    !/(?:need|feed|breed|bleed|speed|seed|weed|succeed|proceed|exceed|agreed)$/.test(lower)
  )
    return word
  if (/(?:ing|s)$/.test(lower) && !/(?:sing|bring|ring|ss|swing|ping)$/.test(lower)) return word
  if (/(?:s|x|z|ch|sh)$/.test(lower)) return `${word}es`
  if (/[^aeiou]y$/.test(lower)) return `${word.slice(0, -1)}ies`
  return `${word}s`
}

/** Verbs after "and", "but" or a comma that still have "I" as their subject. */
export const isPlainVerb = (word: string): boolean =>
  plain.has(word.toLowerCase().replace('’', "'"))
const plain = new Set(
  `am have do don't dont can't cant live work run teach study eat drink drive own rent earn make use write read play speak
  cook bake need want love like hate prefer avoid take get keep sleep walk cycle commute travel manage lead design build code
  train sing paint draw sell buy pay save owe share grow raise know think believe feel find try go come stay start finish
  hold bring wear carry suffer struggle help volunteer coach train practise practice meditate pray vote support haven't I've
  do edit record translate interpret fix repair restore collect fish hunt ride swim climb hike`.split(
    /\s+/,
  ),
)
