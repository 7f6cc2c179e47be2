import { byPattern, digitsOf, type Match, type Recogniser } from './recogniser.ts'

/** Luhn's check digit (ISO/IEC 7812-1). */
function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48
    const doubled = digit * 2
    sum += i % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

/** ISO 13616: the rearranged number leaves 1 modulo 97. */
function passesMod97(iban: string): boolean {
  const rearranged = iban.slice(4) + iban.slice(0, 4)
  let rest = 0
  for (const character of rearranged.toUpperCase()) {
    const value = parseInt(character, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest === 1
}

const ibanCue = /iban|account|konto|cuenta|compte|conta|wire|transfer/
const cardCue = /card|visa|master|amex|\bcc\b|carte|tarjeta|cart[aã]o|karte|信用卡|银行卡|卡号/

export const iban: Recogniser = byPattern(
  'iban',
  /\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?\b/gi,
  ({ text, before }) => {
    const compact = text.replace(/[ -]/g, '')
    if (compact.length < 15 || compact.length > 34 || digitsOf(compact).length < 8) return false
    return passesMod97(compact) || ibanCue.test(before)
  },
)

export const card: Recogniser = byPattern(
  'card',
  /(?<![\w.,+-])\d(?:[ -]?\d){11,18}(?![\w]|[.,-]\d)/g,
  ({ text, before }) => {
    const digits = digitsOf(text)
    if (cardCue.test(before)) return true
    return digits.length >= 13 && /^(?:1800|2131|[2-6])/.test(digits) && passesLuhn(digits)
  },
)

const passportCue =
  /passport|pasaporte|passeport|passaporte|reisepass|护照|licen[cs]e|licencia|permis|f[üu]hrerschein|\bcnh\b|驾照|驾驶证|\bvisa (?:no|number)|ausweis|\bdni\b|\bnie\b|\bnif\b|\bcpf\b|\bcurp\b|\brfc\b|\bssn\b|\bitin\b|\bsin\b|\btfn\b|\bnhs\b|medicare|aadhaar|\bpan\b|\bbsn\b|pesel|身份证/
const numberCue =
  /(?:social security|national (?:id|insurance)|tax|steuer|sozialversicherungs|s[ée]curit[ée] sociale|seguridad social|insurance|policy|employee|staff|student|member(?:ship)?|customer|client|patient|account|routing|sort|case|id|identity|kunden|konto|matrikel|personal|versicherungs)[ -]?(?:id|no\.?|nr\.?|num(?:ber|éro|ero)?|nummer|code|#)?\s*(?:is|was|ist|es|est|é|are|[:#=])?\s*$/
const documentCue = (before: string) =>
  passportCue.test(before) ||
  (/(?:\bid\b|no\b|nr\b|num|#|code|:|\bis )/.test(before) && numberCue.test(before))

export const documents: Recogniser[] = [
  byPattern('id', /(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])/g),
  // British national insurance number
  byPattern('id', /\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b/gi),
  // Spanish DNI and NIE, Brazilian CPF, Chinese resident identity number, French social security number
  byPattern('id', /\b(?:\d{8}|[XYZ]\d{7})-?[A-HJ-NP-TV-Z]\b/g),
  byPattern('id', /(?<!\d)\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)/g),
  byPattern('id', /(?<!\d)[1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d\d{3}[\dX](?![\dX])/gi),
  byPattern('id', /(?<!\d)[12] ?\d{2} ?[01]\d ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2}(?!\d)/g),
  // anything that is called a number of a document or an account
  byPattern(
    'id',
    /(?<![\w.])[A-Z]{0,3}-?\d[A-Z0-9]*(?:[ /.-]?[A-Z0-9]*\d[A-Z0-9]*){0,5}(?!\w)/gi,
    ({ text, before }) =>
      digitsOf(text).length >= 5 && text.length <= 24 && !isDate(text) && documentCue(before),
  ),
]

const octet = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)'
export const addressesOfMachines: Recogniser[] = [
  byPattern(
    'ip',
    new RegExp(`(?<![\\w.])${octet}(?:\\.${octet}){3}(?![\\w]|\\.\\d)`, 'g'),
    ({ before }) => !/(?:version|\bv|release|firmware)\s*$/.test(before),
  ),
  byPattern('ip', /(?<![\w:.])(?=[0-9a-f:]*:[0-9a-f]*:)[0-9a-f:]{6,39}(?![\w:])/gi, ({ text }) =>
    isIpv6(text),
  ),
]

function isIpv6(text: string): boolean {
  const groups = text.split(':')
  const isShortened = text.includes('::')
  if (groups.some((group) => group.length > 4) || /:::/.test(text)) return false
  const filled = groups.filter(Boolean).length
  return isShortened ? filled >= 2 && filled <= 7 : groups.length === 8 && filled === 8
}

const phoneCue =
  /phone|\btel\b|telef|t[ée]l[ée]phone|mobile|\bmob\b|handy|\bcell|\bfax\b|\bcall|\btext|\bsms\b|whatsapp|signal|\breach|\bring\b|\bdial|\bdesk\b|\boffice\b|contact|answering at|messages to|registered|my number|number is|anruf|erreichbar|ll[áa]ma|m[óo]vil|celular|portable|appel|joindre|liga(?:r|me)|电话|手机|致电|号码/
const phoneAfter = /^[\s\-,(]*(?:office|fax|mobile|cell|tel|phone|home|work|desk)\b/

export const phone: Recogniser = byPattern(
  'phone',
  /(?<![\w.,$€£#@/-]|[$€£]\s)(?:\+|\(\+?\d|\d)(?:[ ./()-]{0,3}\d){6,16}(?:\s?(?:x|ext\.?)\s?\d{1,5})?(?!\w|[,.]\d|%|\s?(?:€|euro|dollar|usd|eur|gbp|pounds?|km|kg|people|views|steps)\b)/gi,
  isPhone,
)

/** As mobile numbers are grouped, and little else: in Spain, Brazil, India, Russia. */
const isMobile =
  /^(?:[67]\d{2}([ .-])\d{2}\1\d{2}\1\d{2}|\(?\d{2}\)? ?9\d{4}[ -]\d{4}|[6-9]\d{4} \d{5}|8[ -]?\(?9\d{2}\)?[ -]?\d{3}[ -]?\d{2}[ -]?\d{2})$/

function isPhone({ text, before, after }: Match): boolean {
  const number = text.replace(/\s?(?:x|ext)\D{0,2}\d+$/i, '')
  const digits = digitsOf(number)
  if (digits.length < 7 || digits.length > 15 || isDate(number)) return false
  if (isAmount(number)) return false
  const groups = number.split(/[^\d]+/).filter(Boolean)
  if (groups.length > 6) return false
  if (number.startsWith('+') || number.startsWith('(+') || number.startsWith('00'))
    return digits.length >= 8
  if (/^\(?[2-9]\d{2}\)?[ .-]{0,2}[2-9]\d{2}[ .-]\d{4}$/.test(number)) return true
  if (/^(?:1[ .-])?\(?\d{3}\)?[.-]\d{3}[.-]\d{4}$/.test(number)) return true
  if (/^\(?0\d/.test(number) && digits.length >= 9 && digits.length <= 12) return true
  if (/^1[3-9]\d{9}$/.test(digits) && groups.length <= 3) return true
  if (/^\d{2}([ .-])\d{2}\1\d{2}\1\d{2}(?:\1\d{2})?$/.test(number)) return true
  if (isMobile.test(number)) return true
  if (/^\(\d{2,4}\)/.test(number)) return true
  if (/^555[ -]\d{4}$/.test(number)) return true
  return phoneCue.test(before) || phoneAfter.test(after)
}

const isDate = (text: string): boolean =>
  /^(?:19|20)\d{2}[-./ ]\d{1,2}[-./ ]\d{1,2}$/.test(text) ||
  /^\d{1,2}[-./ ]\d{1,2}[-./ ](?:19|20)?\d{2}$/.test(text) ||
  /^(?:(?:19|20)\d{2}[-/ ]?){2,}$/.test(text)

/** "1000000": so round is no number of a line. */
const isAmount = (text: string): boolean => /^[1-9]\d{0,2}0{4,}$/.test(text)
