/** Parts of a message that are not the user's own words about themself; UTF-16 offsets. */
export type Range = { start: number; end: number }

/** Quotes, code, mails, letters, transcripts. For texts of a few thousand characters. */
export function borrowedRanges(text: string): Range[] {
  return [
    ...quotes(text),
    ...matches(text, /```[\s\S]{0,20000}?(?:```|$)|`[^`\n]{2,400}`/g),
    ...matches(text, /^[ \t]{0,4}(?:>|\|).*$/gm),
    ...matches(text, /^[ \t]*(?:#|\/\/|--|\/\*|\*\s).*$/gm),
    ...matches(text, codeLine),
    ...mails(text),
    ...letters(text),
    ...transcripts(text),
    ...matches(text, /<!--[\s\S]{0,2000}?(?:-->|$)|^[ \t]*<[a-z!/][^>\n]*>.*$/gim),
  ]
}

/** True where the ranges take two fifths of a span or more: a short quote in a statement does not. */
export const overlaps = (ranges: readonly Range[], span: Range): boolean =>
  ranges.reduce((sum, range) => sum + shared(range, span), 0) * 5 >= (span.end - span.start) * 2

export const touches = (ranges: readonly Range[], span: Range): boolean =>
  ranges.some((range) => shared(range, span) > 0)

const shared = (a: Range, b: Range): number =>
  Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start))

const toRange = (match: RegExpMatchArray): Range => ({
  start: match.index ?? 0,
  end: (match.index ?? 0) + match[0].length,
})
const matches = (text: string, pattern: RegExp): Range[] =>
  Array.from(text.matchAll(pattern), toRange)

const pairs = [
  /"[^"\n]{3,2000}"/g,
  /"(?:[^"\n]{1,1000}\n){1,12}[^"\n]{0,1000}"/g,
  /[“„»][^“”„«»]{3,4000}[”“«]/g,
  /«[^«»]{3,4000}»/g,
  /[「『][^「」『』]{2,2000}[」』]/g,
  /(?<![\p{L}\p{N}])['‘](?=[^\n]{0,400}\s)[^\n]{8,1500}?['’](?![\p{L}\p{N}])/gu,
]

/** Quoted text of at least two words: a single quoted word is emphasis. */
function quotes(text: string): Range[] {
  return pairs
    .flatMap((pair) => Array.from(text.matchAll(pair)))
    .filter(([quoted]) => /[\s\u4e00-\u9fff]/.test(quoted.slice(1, -1).trim()))
    .map(toRange)
}

/** A line that a program would read: assignments, statements, log lines, key and value. */
const codeLine =
  /^[ \t]*(?:[\w.$[\]"'-]{1,60}\s?(?:=|:=|=>|\+=)\s?\S.*|(?:def|class|import|from \S+ import|return|const|let|var|function|public|private|SELECT|INSERT|UPDATE|CREATE|WHERE|#include|Traceback|File "|at \w+\.)\b.*|.*[;{}]\s*|\[?(?:ERROR|WARN|INFO|DEBUG)\]?\b.*|-\s?[a-z_]{2,20}: .*|[ \t]{2,}[a-z_]{2,20}: .*)$/gm

const mailHeader =
  /^[ \t>*]*(?:from|to|cc|subject|sent|date|reply-to|von|an|betreff|gesendet|de|para|asunto|assunto|enviado|à|objet|envoyé|发件人|收件人|主题)[ \t]{0,3}[:：][ \t]*\S.*$/gim
const forwarded =
  /^.{0,10}(?:-{3,}|_{5,}).{0,40}$|^(?:begin )?forwarded message.*$|^on .{5,80} wrote:\s*$|^.{2,60}(?:schrieb|a écrit|escribió|escreveu)\s?:\s*$/gim

/** From the first header line to the end, but for a last paragraph after it that asks something. */
function mails(text: string): Range[] {
  const headers = Array.from(text.matchAll(mailHeader))
  const first = [
    ...(headers.length >= 2 || isMailStart(text, headers[0]) ? [headers[0]?.index ?? 0] : []),
    ...Array.from(text.matchAll(forwarded), ({ index }) => index),
  ]
  if (first.length === 0) return []
  const start = Math.min(...first)
  return [{ start, end: endOfBorrowed(text, start) }]
}

/** One header is enough where its line stands first or after an empty line: "From: Tomasz". */
const isMailStart = (text: string, header: RegExpMatchArray | undefined): boolean =>
  header !== undefined &&
  /^\W*(?:from|von|de|subject|betreff|发件人)/i.test(header[0]) &&
  /(?:^|\n\s*\n|:\s*\n)$/.test(text.slice(0, header.index))

const salutation =
  /(?:^|\n|[:：]\s*)[ \t]*(?:dear|sehr geehrte[rsn]?|liebe[rs]?|estimad[oa]s?|querid[oa]s?|ch(?:er|ère)s?|madame|monsieur|prezad[oa]s?|car[oa]s?|尊敬的|亲爱的)(?![\p{Ll}])[^\n,]{1,60}[,:，：!]|\n[ \t]*(?:hi|hello|hey|hallo|hola|bonjour|olá|您好|你好)[^\n,]{0,40}[,!，]?[ \t]*(?=\n)/giu

function letters(text: string): Range[] {
  return Array.from(text.matchAll(salutation), (match) => ({
    start: match.index,
    end: endOfBorrowed(text, match.index + match[0].length),
  }))
}

/** A pasted text ends where its paragraph of the user's own begins: the last one, if it is short. */
function endOfBorrowed(text: string, from: number): number {
  const last = Array.from(text.slice(from).matchAll(/\n\s*\n/g)).at(-1)
  const isOwn = last !== undefined && text.length - (from + last.index) <= 400
  return isOwn ? from + last.index : text.length
}

const speaker =
  /^[ \t]*[-*•]?[ \t]*(?:\[[^\]\n]{1,20}\][ \t]*)?(\p{L}[\p{L}.'’ ()\d]{0,24})[:：][ \t]+\S.*$/gmu
const ownLabel =
  /^(?:me|user|note|ps|p\.s|edit|update|context|background|question|task|goal|about me|ich|yo|moi|eu|我)\b/i

/** Lines "Name: words" of at least two speakers, or lines of a list. */
function transcripts(text: string): Range[] {
  const lines = Array.from(text.matchAll(speaker)).filter((line) => !ownLabel.test(line[1] ?? ''))
  return lines.length >= 2 ? lines.map(toRange) : []
}
