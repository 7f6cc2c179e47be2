import { byPattern, type Recogniser } from './recogniser.ts'

const english =
  'street|st|avenue|ave|road|rd|lane|ln|drive|dr|court|ct|boulevard|blvd|way|place|pl|terrace|close|crescent|cres|square|sq|highway|hwy|parkway|pkwy|gardens|grove|mews|row|hill|walk|circle|cir|trail|alley|quay|wharf|rise|parade'
const germanic =
  '(?:stra(?:ß|ss)e|str\\.?|gasse|weg|platz|allee|ring|damm|ufer|vej|vænget|gade|gatan|v[äa]gen|gata|veien|gaten|katu|kuja|tie|puisto|straat|laan|gracht|plein|kade|utca|stien)'
const romance =
  'rue|avenue|av\\.?|boulevard|bd|place|chemin|all[ée]e|impasse|quai|route|calle|c/|carrer|avenida|avda\\.?|plaza|paseo|camino|via|viale|piazza|corso|largo|rua|travessa|praça|alameda|estrada|ul\\.|ulica|aleja|str\\.|strada|ulice'

const unit =
  '(?:,?\\s{0,4}(?:apt|apartment|suite|ste|unit|flat|room|floor|box|no|#)\\.?\\s?#?\\w{1,6})'
const zip = '(?:[A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2}|(?:[A-Z]{2}[ -])?\\d{4,6}(?:-\\d{3,4})?)'
const name = "[\\p{L}][\\p{L}'’.-]{0,24}"
/** ", Springfield, IL 62701": a place with a postal code after the street. */
const place = `(?:(?:[,\\s>]{1,8}(?:${name} ){0,3}${name}){1,3}[,\\s>]{1,8}${zip}(?!\\w)|[,\\s>]{1,8}${zip}(?: ${name}){0,2}(?!\\w))`
const number = '(?:\\d{3,6} )?\\d{1,6}(?:[ -]?[a-zA-Z](?![\\p{L}]))?'

/** What a count stands before, not a house number. */
const counted =
  /^\d+\s?(?:minute|min|mile|km|hour|day|week|month|year|block|lane|way|time|people|kid|of|in|on|the|and|or|to|a|more|different|new|big|small|per|x)s?\b/i

const streets: Recogniser[] = [
  byPattern(
    'address',
    new RegExp(
      `(?<![\\w$€£.,-])${number} (?:(?:[NSEW]|North|South|East|West)\\.? )?(?:\\d{0,3}\\p{Lu}[\\p{L}\\d'’.-]{0,24} ){1,4}(?:${english})(?![\\p{L}])\\.?${unit}?(?:${place})?`,
      'giu',
    ),
    ({ text }) => !counted.test(text) && !/^\d+s\b/.test(text) && isStreet(text),
  ),
  byPattern(
    'address',
    new RegExp(
      `(?:${number},? )?(?<![\\p{L}])(?:\\p{L}[\\p{L}'’.-]{0,24} ){0,2}\\p{L}[\\p{L}-]{1,24}\\s?${germanic}(?![\\p{L}]) ?\\d{1,5}(?: ?[a-z])?(?![\\p{L}\\d])${unit}?(?:${place})?`,
      'giu',
    ),
    ({ text }) =>
      /\p{Lu}/u.test(text) &&
      !isOtherWord(text) &&
      !/^(?:auf|am|im|in|bin|der|die|das|den|the|my|mein)\s.*\bweg\b/i.test(text),
  ),
  byPattern(
    'address',
    new RegExp(
      `(?:${number}(?: ?(?:bis|ter))?,? )?(?<![\\p{L}])(?:${romance})(?![\\p{L}]) (?:\\p{L}[\\p{L}'’.-]{0,24} ){0,4}\\p{L}[\\p{L}'’.-]{0,24}(?:,? ?(?:n[.º°] ?)?\\d{1,5}(?: ?[a-z](?![\\p{L}]))?(?![\\p{L}\\d]))?${unit}?(?:${place})?`,
      'giu',
    ),
    ({ text }) =>
      /^\d|\d\s?[a-z]?$/i.test(text) &&
      /\p{Lu}/u.test(text) &&
      !/ (?:the|of|on|to|at|from|with|for|my|is|was|by|since|before|after|until) | in (?:19|20)\d\d$/.test(
        text,
      ),
  ),
  byPattern(
    'address',
    /[\u4e00-\u9fff]{2,12}(?:路|街|大道|巷|弄|胡同)\s?\d{1,5}\s?(?:号|弄|號)[\u4e00-\u9fff\d-]{0,16}/g,
  ),
  byPattern(
    'address',
    /\b(?:PSC|Unit|CMR) \d{2,5},? Box \d{2,5}\s{1,4}(?:APO|FPO|DPO) [A-Z]{2} \d{5}/gi,
  ),
  byPattern('address', /\b(?:APO|FPO|DPO) [A-Z]{2} \d{5}/g),
  byPattern('address', /\bP\.? ?O\.? Box \d{1,6}/gi),
  // whatever it is called: a house number or two, a name, and a flat
  byPattern(
    'address',
    new RegExp(
      `(?<![\\w$€£.,-])(?:\\d{2,6} )?(?:\\p{L}[\\p{L}\\d'’.∆-]{0,24} ){1,4}(?:\\d{1,5}(?: [A-Z])?\\s{1,6})?(?:Apt|Suite|Unit)\\.? \\d{1,5}(?:${place})?`,
      'giu',
    ),
    ({ text }) => (text.match(/\d+/g) ?? []).length >= 2,
  ),
  byPattern('address', /\b(?:Apt|Suite)\.? \d{1,5}[A-Z]?\b/g),
]

/**
 * Words that only end like a street: "Spring 2026", "Katie 7". In German names "ring" stands alone or after
 * a consonant, in Finnish ones "tie" after a genitive; in any other only a postal code tells.
 */
function isOtherWord(text: string): boolean {
  if (
    /(?:^|[^\p{L}])(?:during|string|brigade|renegade|dekade|(?:the|of|der|lord) ring) ?\d/iu.test(
      text,
    )
  ) {
    return true
  }
  return /(?:[aeioup]ring|(?<!n)tie) ?\d{1,5}(?: ?[a-z])?$/i.test(text)
}

/** The street's words: one has a capital, or it is short and ends in an unmistakable word. */
function isStreet(text: string): boolean {
  const words = text.split(/\s/).slice(1)
  if (words.some((word) => /^(?:the|of|in|on|to|a|and|at|from|with|for|my|is|was)$/.test(word)))
    return false
  return (
    words.some((word) => /^\p{Lu}/u.test(word)) ||
    /\b(?:street|st|avenue|ave|road|rd|blvd)\b/i.test(text)
  )
}

const announced =
  "address(?:es)?(?: is| was| to| with| as|:)?|(?:located|offices? (?:is|are)|letter arrived) at|sent to|taxi to|lived in|live in|lives? at|living at|ship (?:it |this )?to|deliver (?:it )?to|return to|send (?:it|this|one|a new one) to|meet you at|drops you off at|wohne in der|vivo en la|j'habite au"
/** Where a place ends and a time begins: "in Seville from 2014 to 2021". */
const times =
  'since|until|till|from|for|before|after|between|during|when|as|by|seit|bis|depuis|desde|hasta|até'
const placed = `(?=[^.?!\\n]{0,30}\\d)[\\p{Lu}\\d](?:(?!\\n\\s{0,4}[\\p{L} ]{2,20}:|\\s(?:${times})(?!\\p{L}))[^?!.;]|\\.(?! [\\p{Lu}a-z]{2})){4,100}`
/** Numbers that count or measure something, and ages. */
const counts =
  /\b\d+[ -]?(?:\p{Ll}+s|people|km|min|percent|[Jj]ahren?|[Mm]inuten)\b|\b(?:was|turned|aged?) \d+/gu

const told = byPattern(
  'address',
  new RegExp(`\\b(?:${announced})\\s{0,4}(${placed})`, 'giu'),
  ({ text }) => {
    const uncounted = text.replace(counts, '')
    return /^\d{1,6}\s\p{L}/u.test(uncounted) || /^\p{Lu}[^\n]{3,40}\d/u.test(uncounted)
  },
)

const code =
  '(?:[A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2}|[A-Z]\\d[A-Z] ?\\d[A-Z]\\d|\\d{4} ?[A-Z]{2}|(?:[A-Z]{1,2}[- ]?)?\\d{4,6}(?:[- ]?\\d{3,4})?|\\d{2,3}[ -]\\d{2,4}|\\d{3}(?=\\s*(?:$|[.,;!?])))(?![\\p{L}\\d])'

const postal: Recogniser[] = [
  byPattern(
    'address',
    new RegExp(
      `(?:\\b(?:zip(?:[ -]?code)?|post(?:al)?[ -]?code|plz|postleitzahl|code postal|código postal|cep)(?![\\p{L}])|邮编)(?: is| ist| est| es|:)?\\s{0,3}(${code})`,
      'giu',
    ),
  ),
  byPattern('address', /\b[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}\b/g),
]

export const addresses: Recogniser[] = [...streets, told, ...postal]
