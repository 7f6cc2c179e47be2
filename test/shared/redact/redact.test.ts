import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isMostlyRedacted, redact, redactPart, type RedactedKind } from '../../../shared/redact.ts'

const samples: [kind: RedactedKind, before: string, value: string, after: string][] = [
  ['email', 'write to ', 'ana.lu+news@mail.example.org', ' please'],
  ['email', 'Mail: ', 'jürgen@büro.example.de', ''],
  ['link', 'git clone ', 'https://kim:s3cret@git.example.org/x.git', ' fails'],
  ['link', 'open ', 'https://app.example.com/reset?token=8f3a99b2c1', ''],
  ['secret', 'my key is ', 'sk-proj-A1b2C3d4E5f6G7h8', ''],
  ['secret', 'use ', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a', ' for CI'],
  ['secret', '', 'AKIAIOSFODNN7EXAMPLE', ' leaked'],
  ['secret', 'the wifi password is ', 'Gr33nTea!', ''],
  ['secret', 'contraseña: ', 'Luna*2024', ''],
  ['secret', '密码是', 'Hua88ping', ''],
  ['secret', 'Authorization: Bearer ', 'abcDEF123456ghiJKL789', ''],
  ['secret', 'PIN: ', '4821', ''],
  ['iban', 'IBAN ', 'DE89 3704 0044 0532 0130 00', ''],
  ['iban', 'pay to ', 'GB29NWBK60161331926819', ' today'],
  ['card', 'my card ', '4111 1111 1111 1111', ' was charged'],
  ['card', 'number ', '378282246310005', ''],
  ['crypto', 'send it to ', '0x52908400098527886E0F7030069857D2E4169EE7', ''],
  ['crypto', 'BTC ', 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', ''],
  ['ip', 'my server at ', '192.168.178.42', ' is down'],
  ['ip', 'address ', '2001:0db8:85a3:0000:0000:8a2e:0370:7334', ''],
  ['id', 'SSN ', '536-22-1189', ''],
  ['id', 'my passport number is ', 'X99120034', ''],
  ['id', 'my SSN is ', '078051120', ''],
  ['id', 'NI number ', 'AB 12 34 56 C', ''],
  ['id', 'mi DNI es ', '12345678Z', ''],
  ['id', 'meu CPF: ', '123.456.789-09', ''],
  ['id', '身份证 ', '11010519491231002X', ''],
  ['id', 'student ID ', '0099123', ''],
  ['id', "my driver's license is ", 'F1628235', ''],
  ['phone', 'call ', '+44 20 7946 0011', ' after six'],
  ['phone', 'ring ', '(415) 555-0132', ''],
  ['phone', 'tel ', '030 901820', ''],
  ['phone', '手机', '13812345678', ''],
  ['phone', 'mon numéro est le ', '06 12 34 56 78', ''],
  ['phone', 'my number is ', '467 3395', ''],
  ['phone', 'mon numéro : ', '06\u00a012\u00a034\u00a056\u00a078', ''],
  ['phone', 'call ', '+49\u202f170\u20111234567', ''],
  ['phone', 'ring ', '(415)\u2009555\u20130132', ''],
  ['phone', 'al ', '612 34 56 78', ''],
  ['phone', 'zap ', '11 91234-5678', ''],
  ['phone', 'it is ', '98765 43210', ''],
  ['phone', 'тел. ', '8 912 345-67-89', ''],
  ['phone', 'رقمي ', '٠٥٠١٢٣٤٥٦٧', ''],
  ['phone', 'फ़ोन +', '९१ ९८७६५ ४३२१०', ''],
  ['email', '', 'ａｄａ＠example.com', ''],
  ['address', 'ship it to ', '221B Baker Street, London NW1 6XE', ''],
  ['address', 'I am at ', '742 Evergreen Terrace, Springfield, IL 62704', ''],
  ['address', 'wohne in der ', 'Lindenstraße 14', ''],
  ['address', "j'habite ", '12 rue des Lilas', ''],
  ['address', 'vivo en ', 'Calle Mayor 8', ''],
  ['address', '我住在', '中山路128号', ''],
  ['address', 'write to ', 'P.O. Box 1180', ''],
  ['address', 'my zip code is ', '94110', ''],
]

const labels: Partial<Record<RedactedKind, string>> = {
  crypto: '[crypto address]',
  ip: '[ip address]',
  id: '[id number]',
}

describe('what could reach or identify a person is taken out', () => {
  test.each(samples)('%s: %s%s%s', (...[kind, before, value, after]) => {
    const { text, found } = redact(before + value + after)
    expect(found).toMatchObject([{ kind }])
    const { start = Infinity, end = 0 } = found[0] ?? {}
    expect(start).toBeLessThanOrEqual(before.length)
    expect(end).toBeGreaterThanOrEqual(before.length + value.length)
    expect(text).not.toContain(value)
    expect(text).toContain(labels[kind] ?? `[${kind}]`)
  })
})

describe('what only looks like it stays', () => {
  test.each([
    'I earn 58,000 a year and owe 23 000',
    'the meeting is on 2026-03-14 or 14.03.2026',
    'from 2019-2024 I lived in Rome',
    'room 101 on floor 12',
    'we run version 1.2.3.4 of it',
    'my password is wrong again',
    'I walk 10 miles down the road',
    'two kids aged 4 and 7, born 2019 and 2022',
    'I weigh 82.5 kg and run 10 km in 52:30',
    'the ratio is 16:9:4',
    'my address book is full',
    'ISBN and DOI are fine words',
    'a 1500-2000 kcal diet',
    'I was born in 1984 and moved in 2001',
    'I live in Berlin since 2015',
    'I lived in Seville from 2014 to 2021',
    'I live in Lusaka, 600 km away from them',
    'I deliver to 40 restaurants',
    'I lived in 3 countries before that',
    'I have a place in Spain since 2020',
    'we migrate from MySQL to PostgreSQL 15',
    'I use Spring 6 and graduate in Spring 2026',
    'I take Engineering 101 with Katie 7',
    'I post 3 times a week',
    'plz give me 5 ideas, plz 5 more',
    'I want to reach 1000000 users',
    'I was in the office 2019 2020 2021',
  ])('%s', (text) => {
    expect(redact(text)).toEqual({ text, found: [] })
  })
})

test.each([
  ['my password is ada@mail.example:S3cret99!', 'my password is [email]'],
  ['password: 10.0.0.1:8080/abcDEF1', 'password: [ip address]'],
])('of what overlaps nothing is left: %s', (text, left) => {
  expect(redact(text).text).toBe(left)
})

test('several items in one text are each named, in their order', () => {
  const { text, found } = redact(
    'Mail ana@example.org or call +44 20 7946 0011, card 4111111111111111',
  )
  expect(text).toBe('Mail [email] or call [phone], card [card]')
  expect(found.map(({ kind }) => kind)).toEqual(['email', 'phone', 'card'])
})

test('a part of a text is judged in the whole', () => {
  const text = 'the wifi password is Gr33nTea!'
  const start = text.indexOf('Gr33n')
  expect(redactPart(text, { start, end: start + 5 }).text).toBe('[secret]')
})

test('a text that is little else than what was taken out is told', () => {
  expect(isMostlyRedacted('my email is [email]')).toBe(true)
  expect(isMostlyRedacted("The user's phone number is [phone].")).toBe(true)
  expect(isMostlyRedacted('The user runs a bakery, call [phone].')).toBe(false)
  expect(isMostlyRedacted('The user has [sic] a bakery')).toBe(false)
})

test('what is found lies in the text, in order, without overlaps, for any text', () => {
  const unit = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(...samples.map(([, , value]) => value)),
    fc.constantFrom('1', '-', ' ', '@', 'a.b', '+', '(', '::', 'password is ', 'rue '),
  )
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 12 }), (units) => {
      const text = units.join('')
      let at = 0
      for (const { start, end } of redact(text).found) {
        expect(start).toBeGreaterThanOrEqual(at)
        expect(end).toBeGreaterThan(start)
        at = end
      }
      expect(at).toBeLessThanOrEqual(text.length)
    }),
  )
})

test.each([
  ['digits', '1'.repeat(1_000_000)],
  ['digits and spaces', '1 '.repeat(500_000)],
  ['words', 'Main '.repeat(200_000)],
  ['at signs', 'a@a.'.repeat(250_000)],
  ['colons', '::'.repeat(500_000)],
  ['openings of keys', '-----BEGIN PRIVATE KEY-----'.repeat(40_000)],
  ['links', 'http://a?'.repeat(110_000)],
  ['emoji', '😀'.repeat(500_000)],
  ['Chinese', '中'.repeat(1_000_000)],
])('a megabyte of %s takes no more than seconds', { timeout: 20_000 }, (_, text) => {
  expect(redact(text).text.length).toBeGreaterThan(0)
})
