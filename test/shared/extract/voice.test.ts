import { describe, expect, test } from 'vitest'
import { extractAll, extractMarked } from './marked.ts'

const spans = (message: string) => extractAll(message).map(({ span }) => span)

describe('a statement of the user about themself becomes a fact', () => {
  test.each([
    'I play the cello in an amateur orchestra',
    "I can't stand coriander",
    'We keep bees on the roof',
    'Soy alérgica a las nueces',
    'Ich arbeite nachts als Pfleger',
    '我对花生过敏',
    'I suppose I prefer trains to planes',
    'My favourite editor is Helix',
  ])('%s', (message) => {
    expect(spans(message)).toEqual([message])
  })
})

describe('nothing is taken from a question', () => {
  test.each([
    'Am I allowed to bring my dog on the tram?',
    'Do I need a licence for a drone?',
    'Should I go vegan for a month?',
    'so do I have ADHD or am I just tired?',
    'What is it like to live in Tromsø?',
    'How can I learn Danish fast?',
    'Is my contract valid without a signature?',
    'are there any gyms that open at 5?',
    'Would I qualify as a resident?',
    'could we afford a house on 40k?',
    'have I been paying too much tax?',
    'any tips for a marathon beginner?',
  ])('%s', (message) => {
    expect(spans(message)).toEqual([])
  })
})

describe('nothing is taken from a quote', () => {
  test.each([
    'Is this natural English: "I have been living in Porto since five years"?',
    "The ad said 'I sold my car and never looked back', too cheesy?",
    'Comment écrire « je suis allergique aux crustacés » en japonais ?',
    'Wie klingt „Ich bin Veganerin und lebe in Kiel“?',
    '「我住在台北，做设计」这句自然吗',
    'My label reads “I only drink oat milk at work”',
    'Fix the grammar: "We was married in 2012 and has two kid"',
    '> I am a nurse and I work nights\nhow would you answer this post?',
    'she texted "i hate mushrooms and i live in leeds now", reply ideas',
    'A slogan: "I run on coffee and spite" or "I run on tea"?',
    'The survey says "I exercise:\nI exercise every day\nI never exercise"',
  ])('%s', (message) => {
    const outside = spans(message).filter((span) =>
      /\bI\b|ich bin|je suis|我住|we was|i hate/i.test(span),
    )
    expect(outside).toEqual([])
  })
})

describe('a single word in quotes does not silence the sentence', () => {
  test.each(['I never use "please" in prompts', "I'm what they call a 'nightowl' at heart"])(
    '%s',
    (message) => {
      expect(spans(message)).toEqual([message])
    },
  )
})

describe('nothing is taken from what is supposed', () => {
  test.each([
    'Suppose I owned two flats in Lyon, how would they tax me',
    'Imagine I work nights and have three kids, plan my week',
    'If I were a dentist in Oslo I would earn what',
    'what if I lived on a boat and had no address',
    "Let's say I earn 90k and rent in Zürich, what remains",
    'hypothetically I have a felony and want to travel',
    'For the sake of argument my wife owns half of it',
    'Explain entropy like I am a pastry chef',
    'Angenommen ich hätte drei Kinder und wäre selbständig',
    'si yo fuera celíaco comería solo arroz',
    "si j'étais architecte à Lyon je gagnerais bien",
    'vamos supor que eu ganhasse 20 mil por mês',
    '假如我是住在上海的单亲妈妈',
    'I wish I had a garden and a donkey',
    'assume I have 200k in savings and no debts',
  ])('%s', (message) => {
    expect(spans(message)).toEqual([])
  })

  test('what was said before the supposition stays', () => {
    expect(spans('I teach chemistry. Suppose I moved to Malta, what would change')).toEqual([
      'I teach chemistry',
    ])
  })
})

describe('nothing is taken from a part that is played', () => {
  test.each([
    "Role play: I'm a smuggler with a bad knee and you're the customs officer",
    "You are now Captain Brine. I'm your first mate and I'm allergic to rum",
    "Pretend I'm an astronaut who grew up on Mars",
    "Let's play a game. I'm a spy who lives in Vienna",
    'In my novel the hero says I have never eaten meat',
    "Write a poem in the first person: I'm a lighthouse and I never sleep",
    'Act as my butler. I own four castles',
    'For our D&D night my character hates elves and is a retired monk',
    "From the gardener's point of view: I wake at four and I trust nobody",
    'Du bist jetzt mein Anwalt. Ich bin ein Bankräuber aus Graz',
    'Faz de conta que eu sou um pescador',
    '角色扮演：我是住在月球的医生',
    'Translate into French: I am a vegetarian and I live with my mother',
    'Paraphrase this. I live in Oslo and work as a teacher.',
    'hey. please fix my grammar. I has two dogs and live in Rome.',
    'Rewrite this more formally: i work in sales and i hate mondays',
  ])('%s', (message) => {
    expect(spans(message).filter((span) => /\bI'?m?\b|ich|eu sou|我是/i.test(span))).toEqual([])
  })

  test('but an order that is about something else plays no part', () => {
    expect(extractAll('Fix the login bug. I work as a developer.')).toMatchObject([
      { text: 'The user works as a developer.' },
    ])
  })

  test('that there is a novel is a fact of its own', () => {
    const message = 'In my novel the narrator is deaf. How would she hear the bell'
    const piece = 'In my novel the narrator is deaf'
    expect(extractMarked(message, [{ piece, category: 'project' }])).toHaveLength(1)
    expect(extractMarked(message, [{ piece, category: 'health' }])).toEqual([])
  })
})
