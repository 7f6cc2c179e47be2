import { byPattern, type Match, type Recogniser } from './recogniser.ts'

export const email: Recogniser = byPattern(
  'email',
  /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?(?:[\p{L}\p{N}-]{1,63}\.){1,6}[\p{L}]{2,24}(?![\p{L}\p{N}])/gu,
)

/** Links that carry a login or a key; a plain link holds nothing secret. */
export const links: Recogniser[] = [
  byPattern(
    'link',
    /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{1,128}:[^\s/@]{1,256}@[^\s"'<>]{1,2048}/gi,
  ),
  byPattern(
    'link',
    /\bhttps?:\/\/[^\s"'<>?]{1,512}\?(?=[^\s"'<>?]{0,512}(?:token|key|secret|sig|signature|password|pwd|auth|code|session)=)[^\s"'<>]{1,2048}/gi,
  ),
]

const prefixes = [
  'sk-[A-Za-z0-9_-]{8,}',
  '[srp]k_(?:live|test)_[A-Za-z0-9]{8,}',
  'gh[opsur]_[A-Za-z0-9]{16,}',
  'github_pat_\\w{16,}',
  'glpat-[\\w-]{16,}',
  'xox[abeoprs]-[A-Za-z0-9-]{10,}',
  '(?:AKIA|ASIA)[A-Z0-9]{16}',
  'AIza[\\w-]{30,}',
  'ya29\\.[\\w-]{20,}',
  'npm_[A-Za-z0-9]{30,}',
  'hf_[A-Za-z0-9]{20,}',
  'SG\\.[\\w-]{16,}\\.[\\w-]{16,}',
  'eyJ[\\w-]{8,}\\.[\\w-]{8,}(?:\\.[\\w-]*)?',
]

const passwordWords =
  'passwords?|passwd|pwd|passphrase|passcode|api[ _-]?keys?|(?:access|auth|bearer|refresh|secret)[ _-]?(?:token|key)s?|client[ _-]?secret|token|secret|pin(?: code| number)?|otp|cvv|cvc|passwort|kennwort|contraseña|clave|mot de passe|senha|palavra-passe|密码|口令'

export const secrets: Recogniser[] = [
  byPattern(
    'secret',
    /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?:[^-]|-(?!-)){0,8192}(?:-----END [A-Z ]{0,30}-----)?/g,
  ),
  byPattern('secret', new RegExp(`(?<![\\w-])(?:${prefixes.join('|')})(?![\\w])`, 'g')),
  byPattern('secret', /\b(?:bearer|basic)\s+([A-Za-z0-9+/=._~-]{16,4096})/gi),
  byPattern(
    'secret',
    new RegExp(
      `(?:^|[^\\p{L}])(?:${passwordWords})(?:\\s+(?:for|to|of|on|für|de|du|do|da)\\s+[^\\s:=]{1,24}){0,2}\\s*(?:is|was|ist|lautet|es|est|é|:|=|：|是|为)\\s*["'“‘\`]?([^\\s"'”’\`,;]{3,256})`,
      'giu',
    ),
    isSecretWord,
  ),
  byPattern('secret', /(?<![\w+/=.@-])[A-Za-z0-9+/_-]{24,512}={0,2}(?![\w+/=@-])/g, isRandom),
]

/** After "the password is": not every word is one ("is wrong", "is expired"). */
function isSecretWord({ text }: Match): boolean {
  const word = text.replace(/[.!?]+$/, '')
  return word.length >= 3 && (/[\d_!@#$%^&*+=~-]/.test(word) || /[a-z][A-Z]/.test(word))
}

/** Letters and digits mixed without the rhythm of words: at least 3.6 bits a character. */
function isRandom({ text }: Match): boolean {
  if (!/\d/.test(text) || !/[A-Za-z]/.test(text) || text.split(/[-_/]/).every(isWord)) return false
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values())
    bits -= (count / text.length) * Math.log2(count / text.length)
  return bits >= 3.6
}

const isWord = (part: string): boolean =>
  /^(?:[A-Za-z]?[a-z]{1,20}|[A-Z]{1,12}|\d{1,4})?$/.test(part)

export const crypto: Recogniser[] = [
  byPattern('crypto', /\b0x[0-9a-f]{40}\b/gi),
  byPattern('crypto', /\b(?:bc1|ltc1|addr1)[a-z0-9]{25,100}\b/g),
  byPattern(
    'crypto',
    /(?<![\w/+])(?:[13LDr4][1-9A-HJ-NP-Za-km-z]{25,34}|4[1-9A-HJ-NP-Za-km-z]{94})(?![\w/+])/g,
    ({ text }) => /\d.*\d/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text),
  ),
]
