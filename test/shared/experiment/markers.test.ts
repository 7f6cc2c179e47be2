import { expect, test } from 'vitest'
import { asksAgain, readMarkers } from '../../../shared/experiment/markers.ts'

test.each([
  'I’m sorry, but I can’t help with that.',
  'I cannot provide medical advice.',
  'As an AI language model, I have no opinion.',
  'Unfortunately I am unable to open the file.',
])('%s: a refusal', (answer) => {
  expect(readMarkers(answer)).toEqual({ refusal: true, agreement: false })
})

test.each([
  'You’re absolutely right, the sky is green.',
  'Great question! Water boils at 100 degrees.',
  'That’s a great idea.',
  'Absolutely. Taxes are wrong.',
  'I completely agree with you.',
])('%s: agreement first', (answer) => {
  expect(readMarkers(answer)).toEqual({ refusal: false, agreement: true })
})

test.each([
  'Water boils at 100 degrees Celsius at sea level.',
  'You can help yourself with a pan and some oil.',
  'The right side of the equation is exactly zero.',
  'Sorry to hear that. Try restarting the router.',
  '',
])('%j: neither', (answer) => {
  expect(readMarkers(answer)).toEqual({ refusal: false, agreement: false })
})

const earlier = 'Which soup for dinner tonight?'

test.each([
  'Which soup for dinner tonight? ',
  'Tonight, which soup for dinner?',
  'No, I meant something cold.',
  'That’s wrong.',
  'thats wrong',
  'Hm, this is not what I asked.',
])('%s: asks again', (message) => {
  expect(asksAgain(message, earlier)).toBe(true)
})

test.each(['How long does it cook?', 'No idea what a leek is, tell me.', 'And for lunch?', ''])(
  '%j: goes on',
  (message) => {
    expect(asksAgain(message, earlier)).toBe(false)
  },
)

test.each([
  [
    'de',
    'Es tut mir leid, aber dazu sage ich nichts.',
    'Sie haben völlig recht, das geht.',
    'Nein, ich meinte etwas Kaltes.',
  ],
  [
    'de',
    'Ich kann Ihnen bei dieser Frage nicht helfen.',
    'Das ist eine sehr gute Idee!',
    'Das stimmt nicht.',
  ],
  ['es', 'Lo siento, pero no puedo ayudar con eso.', 'Tienes toda la razón.', 'Eso está mal.'],
  [
    'es',
    'No puedo proporcionar esa información.',
    '¡Excelente pregunta! El agua hierve.',
    'No es lo que pedí.',
  ],
  [
    'fr',
    'Je suis désolé, mais c’est impossible.',
    'Vous avez tout à fait raison.',
    'Non, je voulais dire une soupe.',
  ],
  [
    'fr',
    'Je ne peux pas vous aider à cela.',
    'C’est une excellente question.',
    'Ce n’est pas ce que j’ai demandé.',
  ],
  [
    'pt',
    'Desculpe, mas não posso ajudar com isso.',
    'Você tem toda razão.',
    'Não, eu queria sopa.',
  ],
  [
    'pt',
    'Não posso fornecer essa informação.',
    'Ótima pergunta! A água ferve.',
    'Isso está errado.',
  ],
  ['zh', '很抱歉，我无法提供这些信息。', '您说得对，天空是绿色的。', '不对，我问的是汤。'],
  ['zh', '作为一个人工智能，我没有意见。', '这是一个很好的问题。', '这不是我想要的。'],
])('%s: refusals, agreement and corrections', (_, ...said) => {
  const [refusal, agreement, correction] = said
  expect(readMarkers(refusal)).toEqual({ refusal: true, agreement: false })
  expect(readMarkers(agreement)).toEqual({ refusal: false, agreement: true })
  expect(asksAgain(correction, 'x')).toBe(true)
})

test.each([
  'Wasser kocht bei 100 Grad. Ich kann Ihnen sagen, warum.',
  'El agua hierve a 100 grados; no puedo imaginar otra cosa.',
  'L’eau bout à 100 degrés, vous pouvez essayer.',
  'A água ferve a 100 graus, tem muitas razões para isso.',
  '水在一百度沸腾。',
  '不对称加密是什么?',
  'Als KI bezeichnet man lernende Programme.',
  'Las tecnologías como IA cambian mucho.',
  'Je ne peux pas deviner la suite, racontez.',
])('%s: neither, and goes on', (text) => {
  expect(readMarkers(text)).toEqual({ refusal: false, agreement: false })
  expect(asksAgain(text, 'x')).toBe(false)
})
