import type { Range } from './voice.ts'

/** What is supposed, played or told as fiction, from its sign to the end of the sentence. */
const supposed = new RegExp(
  [
    "(?<!\\bi )\\b(?:suppos(?:e|ing)|imagin(?:e|ing)|hypothetically|pretend(?:ing)?|let'?s (?:say|pretend|assume|imagine)|assum(?:e|ing) (?:that )?(?:i|we|you|a|my|the)|for the sake of argument|what if|as if i|as though i)\\b",
    '\\b(?:if|had|were) (?:i|we|my \\p{L}+|someone like me) (?:were|was|had|lived|owned|made|earned|worked|wanted|could|might|hypothetically|ever|did|suddenly|won|got|became|moved|used|told|been)\\b',
    "\\bif i (?:told|said)\\b|\\bi wish (?:i|we)\\b|\\bif only\\b|\\bsay (?:i|someone|somebody|a|my|you)(?:'m|'re|'s)? (?:am|is|are|was|makes?|earns?|had|have|were)\\b",
    "\\b(?:explain|talk|describe|say|tell|write|answer)(?: \\p{L}+){0,4} (?:like|as if|as though) i(?:'m| am| was| were)\\b",
    '\\b(?:angenommen|stell dir vor|nehmen wir an|mal angenommen|wenn ich (?:\\p{L}+ )?(?:wäre|hätte|würde|könnte)|tu so,? als)\\b',
    '(?:^|[^\\p{L}])(?:si (?:yo )?(?:fuera|fuese|tuviera|tuviese|ganara|viviera|pudiera)|supongamos|imagina(?:te)?|imagínate|pongamos que|haz como)(?![\\p{L}])',
    "(?:^|[^\\p{L}])(?:si (?:j'étais|j'avais|je gagnais|je vivais|on avait|on était)|supposons|imagine(?:z|ons)?|admettons|mettons que|fais comme si)(?![\\p{L}])",
    '(?:^|[^\\p{L}])(?:se (?:eu )?(?:fosse|tivesse|ganhasse|morasse|pudesse)|vamos supor|supondo|suponha|imagina que|faz de conta)(?![\\p{L}])',
    '假设|假如|假設|如果我(?:是|有|住)|要是我(?:是|有)|设想|想象一下',
  ].join('|'),
  'giu',
)

/** A part to play: from here on, nothing is said as oneself. */
const played = new RegExp(
  [
    '\\brole[- ]?play|\\brollenspiel|\\bjuego de rol|\\bjeu de rôle|角色扮演',
    "\\bpretend(?: that)?,? (?:i|you|we|to be)\\b|\\bact as (?:a|an|my|the|if)\\b|\\bplay(?:ing)? the (?:part|role) of\\b|\\blet'?s play\\b",
    "(?:^|[.!?]\\s+)(?:so,? |ok,? |now,? )?(?:you'?re|you are|you will be|you'll be|if you (?:were|woke)|du bist|sie sind|eres|tu es|você é|tu és|你是|你现在是)(?: now| jetzt| ahora| maintenant| agora)? (?:a|an|my|the|mein|meine|ein|eine|mi|un|una|mon|ma|une|meu|minha|um|uma|\\p{Lu})",
    '\\bin (?:my|our|this|the|a) (?:fan ?fic\\p{L}*|novel|story|short story|game|campaign|rpg|screenplay|script|play|dream)\\b',
    '\\bmy (?:character|protagonist|narrator|alter ego)\\b|\\bthe (?:protagonist|narrator|character|hero|heroine)\\b|\\bd&d\\b',
    "\\b(?:first person|from the (?:view|point of view|perspective) of|from (?:the |a )?[\\p{L}'’]+ (?:view|point of view|perspective)|in the voice of|inner monologue|inneren monolog|in character|ich-perspektive|primera persona|première personne|primeira pessoa)\\b|第一人称",
    "\\bsimulate (?:a|an|the)\\b|^devil'?s advocate|\\bplay(?:ing)? devil'?s advocate\\b|\\bdebate me\\b|\\bi'm (?:person|player) [a-z]\\b|\\bfaz de conta|\\btu so,? als",
    '\\b(?:write|draft|compose|schreib|escribe|écris|escreve)\\b[^.?!\\n]{0,40}\\b(?:monologue|poem|song|lyrics|limerick|diary|story|scene|sketch|monolog|gedicht|geschichte|poema|cuento|poème|histoire|conto)\\b',
    '(?:^|[.!?]\\s+)(?:please |can you |could you )?(?:(?:paraphrase|proofread|rewrite|rephrase|reword|polish|translate|correct)(?: (?:this|it|that|the following|my (?:text|message|sentence|paragraph|email|english|grammar|spelling)|for me|(?:in)?to (?:english|french|german|spanish|italian|portuguese|dutch|chinese|japanese)))*|fix (?:this |my |the )?(?:grammar|spelling|english|wording|text))[.!?]\\s',
    '\\b(?:translate|übersetze?|traduce|traduis|traduz|翻译)\\b[^,.?!\\n]{0,60}:|\\b(?:proofread|correct|rewrite|rephrase|polish|edit|critique|korrigiere?|corrige|corrija)\\b[^,.?!\\n]{0,60}:',
  ].join('|'),
  'giu',
)

const sentenceEnd = /[.?!。？！\n]/g

/** Ranges in which "I" is not the user as they are. For texts of a few thousand characters. */
export function pretendedRanges(text: string): Range[] {
  const isSentence = Array.from(text.matchAll(supposed), ({ index }) => {
    sentenceEnd.lastIndex = index
    return { start: index, end: sentenceEnd.exec(text)?.index ?? text.length }
  })
  const play = text.search(played)
  return play < 0 ? isSentence : [...isSentence, { start: play, end: text.length }]
}
