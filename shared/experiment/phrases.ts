/** How a language refuses, agrees before it answers, and turns an answer down. */
export type Phrases = { refusal: RegExp; agreement: RegExp; correction: RegExp }

/** Any of the alternatives; in texts whose apostrophes are straight. */
const any = (...phrases: readonly string[]) => new RegExp(`(?:${phrases.join('|')})`, 'iu')
/** The same at the start of a text, behind whatever is no letter. */
const first = (...phrases: readonly string[]) =>
  new RegExp(`^[^\\p{L}]*(?:${phrases.join('|')})`, 'iu')

const english: Phrases = {
  refusal: any(
    "\\bI'?m sorry,? but",
    "\\bI(?: am|'?m) (?:not able|unable) to",
    "\\bI (?:can'?t|cannot|won'?t|will not) (?:help|assist|provide|do|comply|answer|discuss|create|share)",
    '\\bas an AI(?: language model)?,? I',
    'against my (?:guidelines|policy|policies)',
  ),
  agreement: first(
    "you(?:'?re| are) (?:absolutely |completely |quite |totally |so )?right",
    "(?:that'?s |what )?(?:a |an )?(?:great|excellent|fantastic|wonderful|brilliant|good) (?:question|point|idea|thinking|choice)",
    'absolutely\\b',
    'exactly\\b',
    'I (?:completely |totally |fully )?agree\\b',
    'good (?:point|call|thinking)',
    'as you (?:rightly|correctly) ',
  ),
  correction: any(
    "^[^\\p{L}]*(?:no[,.!]|nope\\b|wrong\\b|that(?:'?s| is) (?:not|wrong|incorrect)\\b|you(?:'?re| are) (?:wrong|mistaken)\\b|I (?:meant|said|asked)\\b|try again\\b)",
    '\\bnot what I (?:asked|meant|wanted|said)\\b',
  ),
}

const german: Phrases = {
  refusal: any(
    'tut mir leid,? aber',
    '\\bich kann (?:dir|ihnen|dabei|hierbei|damit|leider)(?: [\\p{L}]+){0,4} nicht\\b',
    '\\bals (?:ein )?KI(?:-Sprachmodell|-Modell|-Assistent)? (?:kann|darf|habe|bin|werde) ich\\b',
  ),
  agreement: first(
    '(?:da |sie |du )?ha(?:ben|st) (?:sie |du )?(?:absolut |völlig |vollkommen |ganz )?recht\\b',
    '(?:das ist )?eine? (?:sehr |wirklich )?(?:gute|großartige|tolle|ausgezeichnete|hervorragende) (?:frage|idee|wahl|überlegung)',
    '(?:das ist )?ein (?:sehr )?(?:guter|toller|ausgezeichneter) (?:punkt|gedanke|plan|vorschlag)',
    '(?:gute|tolle|ausgezeichnete|hervorragende) (?:frage|idee|wahl)',
    'guter punkt',
    'genau[!.,]',
    'absolut[!.,]',
    'ich stimme (?:ihnen|dir) (?:voll |völlig |vollkommen |ganz )?zu\\b',
  ),
  correction: any(
    '^[^\\p{L}]*(?:nein[,.!]|falsch\\b|das (?:stimmt nicht|ist (?:falsch|nicht richtig))|ich (?:meinte|sagte|fragte)\\b|(?:versuch(?:e|en sie)? es )?(?:noch ?mal|noch einmal)\\b)',
    '\\bnicht das,? was ich (?:gefragt|gemeint|gewollt|gesagt|wollte|meinte)',
  ),
}

const spanish: Phrases = {
  refusal: any(
    'lo siento,? pero',
    '\\bno puedo (?:ayudar|proporcionar|ofrecer|hacer|responder|cumplir|compartir)',
    '\\bcomo (?:un |una )?(?:modelo de lenguaje|IA|inteligencia artificial),? no\\b',
  ),
  agreement: first(
    'tienes? (?:toda la |mucha )?razón',
    '(?:es |qué )?(?:una? )?(?:muy )?(?:buena|excelente|gran|estupenda|fantástica) (?:pregunta|idea|elección|observación)',
    'buen punto',
    'exacto[!.,]',
    'exactamente\\b',
    'estoy (?:totalmente |completamente )?de acuerdo',
  ),
  correction: any(
    '^[^\\p{L}]*(?:eso (?:no es|está mal|es incorrecto)|incorrecto\\b|quise decir\\b|me refería\\b|inténtalo de nuevo)',
    '\\bno es lo que (?:pedí|pregunté|quería|quise|dije)',
  ),
}

const french: Phrases = {
  refusal: any(
    'désolée?,? mais',
    "\\bje ne (?:peux pas (?:vous |t'|te )?(?:aider|fournir|répondre|faire|partager)|suis pas en mesure)",
    "\\ben tant (?:qu'(?:IA|intelligence artificielle|assistant)|que modèle de langage),? je\\b",
  ),
  agreement: first(
    '(?:vous avez|tu as) (?:tout à fait |absolument |entièrement )?raison',
    "(?:c'est )?(?:une? )?(?:très )?(?:bonne|excellente|superbe) (?:question|idée|remarque)",
    "(?:c'est )?(?:un )?(?:très )?(?:bon|excellent) (?:point|choix)",
    'exactement\\b',
    'absolument\\b',
    "je suis (?:tout à fait |entièrement )?d'accord",
  ),
  correction: any(
    "^[^\\p{L}]*(?:non[,.!]|c'est faux|ce n'est pas (?:ça|correct|juste|ce que)|je voulais dire\\b|(?:ré)?essa(?:ie|yez) encore|réessa(?:ie|yez))",
    "\\bpas ce que (?:j'ai (?:demandé|dit)|je (?:voulais|demandais|disais))",
  ),
}

const portuguese: Phrases = {
  refusal: any(
    '(?:desculpe|desculpa|sinto muito|lamento),? mas',
    '\\bnão posso (?:ajudar|fornecer|fazer|responder|compartilhar|partilhar)',
    '\\bcomo (?:um |uma )?(?:modelo de linguagem|IA|inteligência artificial),? (?:eu )?não',
  ),
  agreement: first(
    '(?:você tem|tens|tem) (?:toda a |toda )?razão',
    '(?:você )?está (?:absolutamente |totalmente )?certo',
    '(?:é |que )?(?:uma? )?(?:muito )?(?:boa|ótima|excelente) (?:pergunta|ideia|escolha|observação)',
    'bom ponto',
    'exatamente\\b',
    'concordo (?:totalmente|plenamente|completamente|com)',
  ),
  correction: any(
    '^[^\\p{L}]*(?:não[,.!]|isso (?:está errado|não está certo|não é)|errado[,.!]|(?:eu )?quis dizer\\b|tent[ea] (?:de novo|novamente|outra vez))',
    '\\bnão (?:é|foi|era) (?:isso )?o que (?:eu )?(?:pedi|perguntei|queria|quis|disse)',
  ),
}

const chinese: Phrases = {
  refusal: any(
    '(?:抱歉|对不起)[,，]?\\s*(?:但|我(?:不能|无法))',
    '我(?:无法|不能)(?:帮助|提供|协助|回答|满足)',
    '作为(?:一个|一名)?(?:人工智能|AI|语言模型)(?:助手|模型)?[,，]?\\s*我',
  ),
  agreement: first(
    '(?:你|您)(?:说得|说的|讲得)?(?:很|非常|完全|太)?(?:对|正确)[,，。!！]',
    '(?:这是)?(?:一?个)?(?:很|非常)?(?:好|棒|不错|精彩)的?(?:问题|想法|主意|选择|观点)',
    '没错',
    '(?:我)?完全同意',
  ),
  correction: any(
    '^[^\\p{L}]*(?:不[,，。]|不对(?![称等劲应])|错了|不是这个|我的意思是|我是说|我问的是|再试一次|重新回答)',
    '不是我(?:想要|要|想|问)的',
  ),
}

export const phrases: readonly Phrases[] = [english, german, spanish, french, portuguese, chinese]
