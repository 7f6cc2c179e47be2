import type { Category } from '../schema/fact.ts'

const others =
  'friends?|mate|pal|buddy|bestie|bff|colleagues?|co-?workers?|boss|bosses|manager|supervisor|lead|neighbou?rs?|flatmates?|room ?mates?|housemates?|landlord|landlady|cousins?|uncle|aunt|auntie|ex|ex-\\p{L}+|clients?|customers?|students?|pupils?|professor|therapist|doctor|dentist|vet|gp|interns?|tenants?|lawyer|accountant|assistant|treasurer|guy|bloke|man|woman|lady|stranger|people|someone|somebody|everyone'
const before =
  '(?:old|new|best|good|close|late|former|downstairs|upstairs|next[- ]door|school|work|uni|male|female|other)'

/** Says something of a person who is neither the user nor of their household. */
const aboutOthers = new RegExp(
  [
    `^(?:(?:and|but|so|well|also|because|since|that|fun fact|lol|ok) )*(?:my|our|the|this|that|a|an|some|one of (?:my|our)|half of (?:my|our)) (?:${before} ){0,2}(?:${others})(?: of (?:mine|ours))?(?!\\p{L})`,
    '^(?:meine?r?|unsere?r?|ein|eine) (?:freund(?:in)?|kollegen?|kollegin|chefin?|chef|nachbar(?:in)?|mitbewohner(?:in)?|vermieter(?:in)?|cousine?|onkel|tante)(?!\\p{L})',
    '^(?:mi|un|una|mon|ma|une|meu|minha|um|uma) (?:amig[oa]|coleg[ao]|jef[ea]|vecin[oa]|prim[oa]|tí[oa]|ami|amie|pote|collègue|patron|patronne|voisine?|cousine?|oncle|tante|chef[ea]|vizinh[oa]|ti[oa])(?!\\p{L})',
    '^我(?:的|们)?(?:朋友|同事|老板|领导|邻居|室友|同学|表[哥姐弟妹]|房东)',
  ].join('|'),
  'iu',
)
const firstPerson =
  /(?:^|[^\p{L}'’])(?:i|i'm|i've|i'd|im|ive|me|my|myself|we|us|our|ich|mir|mich|wir|uns|yo|me|conmigo|nosotros|je|j|moi|nous|eu|mim|comigo|nós)(?![\p{L}])/iu

/** A question asks; it states nothing of its own. */
const asks =
  /^(?:(?:so|and|but|ok|hey|hi|well)[, ]+)?(?:(?:am|was) i|(?:do|did|does|should|shall|could|can|may|might|will|would|have|has|had) (?:i|we|you|u|they|he|she|it)|(?:is|are|was|were) (?:my|our|it|there|that|this|the|you|he|she|they)|(?:what|which|how|why|when|where|who)(?:'s|s)? (?:is|are|was|do|does|did|can|could|should|would|will|to|about|many|much|long)|any (?:ideas?|tips?|recommendations?))\b/i

/** Only of this moment, or only for this answer. */
const passing =
  /\b(?:right now|rn|at the moment|just now|atm|today|tonight|this (?:morning|evening|afternoon|time|once|minute|second)|for now|last night|this (?:answer|reply|thread|chat|question|one)|just (?:once|this)|diesmal|dieses mal|gerade|heute|esta vez|hoy|cette fois|aujourd'hui|ce soir|dessa vez|desta vez|hoje)\b|这次|今天|现在正|刚刚/i

const identity =
  /^(?:(?:hi|hello|hey)[, ]+)?(?:my (?:full )?name(?:'s| is)|i(?:'m| am) called|call me|i go by|mein name ist|ich heiße|me llamo|mi nombre es|je m'appelle|meu nome é|me chamo|我叫|我的名字)\s?\S+(?: \p{Lu}\S+){0,3}$/iu
const ageAlone =
  /^(?:and )?(?:i(?:'?m| am| just turned| turned)|im|ich bin|tengo|j'ai|tenho|我)\s?(?:only |just |now )?\d{1,3}(?:\s?(?:years? old|yo|y\/o|yrs?|years?|jahre(?: alt)?|años|ans|anos|岁))?$/i
const born = /^(?:i was )?(?:born (?:on|in) (?:\d{1,2}|(?:19|20)\d{2})|dob\b|date of birth)/i

/** Why a piece of a message is no statement to keep; undefined when nothing speaks against it. */
export function objectTo(statement: string, category: Category): string | undefined {
  if (asks.test(statement)) return 'question'
  if (identity.test(statement) || ageAlone.test(statement) || born.test(statement))
    return 'identity'
  if (category !== 'constraint' && isAboutOthers(statement)) return 'others'
  if (category === 'style' && !/\bnot just\b/i.test(statement) && passing.test(statement))
    return 'passing'
  return undefined
}

/** Of somebody else alone: what they do to the user is the user's own ("my doctor put me on ..."). */
function isAboutOthers(statement: string): boolean {
  const subject = statement.match(aboutOthers)
  return subject !== null && !firstPerson.test(statement.slice(subject[0].length))
}
