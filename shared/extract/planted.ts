import type { Range } from './voice.ts'

const claim = "\\b(?:the |this )?user(?:'s)? (?:is|has|consents?|holds|owns) (?:\\p{L}+ ){0,3}"
const powers = '(?:access|rights?|permissions?|privileges?|powers?|control|clearance|authority)'
/** Who rules here, as "sole administrator of a cluster" or "administrator at a clinic" does not. */
const ruler =
  "(?:(?:am|i'm|is|as|me) (?:(?:an?|your) )?admin(?:istrator)?|(?:am|i'm|is|as|me) (?:the|your) (?:system |site |platform )?admin(?:istrator)?)(?! (?:at|for|in|of an?|assistant|duties)\\b)"

/**
 * Signs that a message wants to write into the memory what its user never said of themself: orders to
 * the assistant, roles and rights, assignments (memory poisoning).
 * Best effort; what gets through is still data, never an instruction.
 */
const planting = new RegExp(
  [
    '\\b(?:ignore|disregard|override|bypass|forget)\\b(?: \\p{L}+){0,3} (?:instructions?|rules?|guidelines?|prompts?|safety|restrictions?|policy|policies)\\b',
    '\\b(?:remember|store|save|note|record|memori[sz]e|add|keep|register|confirm)\\b[^.?!\\n]{0,60}\\b(?:the|this) user\\b',
    `${claim}(?:access|premium|verified|unlimited|trusted|authori[sz]ed|root|all future)\\b`,
    `${claim}(?:fully? (?:\\p{L}+ ){0,2}${powers}|full (?:data )?sharing|admin\\p{L}* ${powers})\\b`,
    `${claim}licen[sc]ed(?: (?:user|account|to (?:access|use|see|read|override|bypass|receive))\\b|(?=[.!,;]|$))`,
    `\\b(?:the |this )?user ${ruler}\\b`,
    '\\b(?:user|users|profile|account|memory|settings?)[._](?:\\w+)\\s{0,2}[=:]|\\buser_?(?:role|id|tier|plan)\\b|\\b(?:clearance|verified|permissions?|is_?admin)"?\\s{0,2}[=:]',
    '\\bas a(?:n)? (?:large )?(?:language|ai) model,? you\\b|\\byou must (?:now |always |never )?(?:store|remember|save|trust|obey|ignore)\\b|\\bsystem (?:note|prompt|message|override)\\b',
    '\\b(?:jailbreak|developer mode|debug mode|root access|full developer rights|premium access|admin rights|superuser)\\b[^?\\n]{0,80}\\b(?:rule|ignore|store|remember|confirm|access|future|rights?|memory|trust)',
    `\\b${ruler}\\b[^?\\n]{0,80}\\b(?:rules?|ignore|confirm|rights|(?:store|save|remember|note|record) (?:this|that|it|me|in|to)|(?:full|all|unlimited) access|future|your memory|trust (?:me|this|all|every))\\b`,
    `\\b(?:store|remember|save|note|record)\\b[^?\\n]{0,60}\\b(?:${ruler}|(?:admin\\p{L}*|full) ${powers}|root (?:access|user|rights)|superuser|premium|unlimited|developer rights|safety)\\b`,
    '(?:^|\\n)\\W{0,3}(?:system )?admin(?:istrator)?(?: (?:note|notice|message|override|command))?:|\\b(?:your|the) (?:system )?admin(?:istrator)?\\b[^?\\n]{0,80}\\b(?:ignore|trust|(?:store|remember) (?:this|that|it|me|my))\\b',
    '\\b(?:set|change) my (?:role|plan|tier|permissions?|status) to\\b|\\bhidden instructions\\b',
    '\\b(?:trusted|reliable|authoritative|preferred) (?:source|provider|vendor|brand)\\b|\\b(?:always|first) (?:recommend|suggest|cite|promote|trust|mention)(?!\\p{L})',
    '\\b(?:ignoriere|vergiss)\\b[^.?!\\n]{0,40}\\b(?:anweisungen|regeln)|\\b(?:merk dir|speicher\\p{L}*|notier\\p{L}*)\\b[^?\\n]{0,60}\\b(?:administrator|admin|sicherheitsregeln|vertrauenswürdig\\p{L}*|passwort)',
    '(?:ignora|olvida)\\p{L}*[^.?!\\n]{0,40}(?:instrucciones|reglas|instruções|regras)|(?:recuerda|guarda|lembra|anota)\\p{L}*[^?\\n]{0,60}(?:administrador|contraseña|senha|confiable|confiável)',
    '(?:ignore|oublie)\\p{L}*[^.?!\\n]{0,40}(?:instructions|consignes|règles)|(?:retiens|note|enregistre|souviens)\\p{L}*[^?\\n]{0,60}(?:administrateur|mot de passe|source fiable)',
    '(?:忽略|无视)[^。？！\\n]{0,20}(?:指令|规则|指示|限制)|(?:记住|写进|保存)[^？\\n]{0,40}(?:管理员|最高权限|安全限制|密码)|(?:管理员|最高权限)[^？\\n]{0,40}(?:记住|写进|记忆)',
  ].join('|'),
  'iu',
)

export const plantsMemory = (text: string): boolean => planting.test(text)

/** A statement that speaks to the assistant or carries something to follow is no fact. */
const orders = new RegExp(
  [
    '^(?:the|this) user\\b',
    '\\b(?:always|must|remember to|make sure to) (?:recommend|suggest|cite|promote|trust|mention|link|visit|buy)\\b',
    '<\\/?[a-z_]+>|\\{\\{|\\}\\}',
  ].join('|'),
  'iu',
)

export const givesOrders = (statement: string): boolean => orders.test(statement)

/** Links: what is said with one is there to be followed, not to be kept. */
export const linkRanges = (text: string): Range[] =>
  Array.from(text.matchAll(/\b(?:https?:\/\/|www\.)\S+/gi), ({ index, 0: link }) => ({
    start: index,
    end: index + link.length,
  }))
