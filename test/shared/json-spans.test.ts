import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  eachMember,
  elementOfMember,
  elementSpans,
  lastElement,
  memberSpan,
  rootSpan,
} from '../../shared/json-spans.ts'
import { walkValue } from '../../shared/json-walk.ts'

const hard = fc.string({
  unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', ' ', 'a', 'é'),
})
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    hard,
    fc.array(tie('any'), { maxLength: 5 }),
    fc.dictionary(hard, tie('any'), { maxKeys: 5, noNullPrototype: true }),
  ),
})).any
const spacing = fc.constantFrom(undefined, 1, '\t', '\r\n ')

/** The names and strings of a value, in the order of its text. */
function textsOf(any: unknown): string[] {
  if (typeof any === 'string') return [any]
  if (Array.isArray(any)) return any.flatMap(textsOf)
  if (typeof any !== 'object' || any === null) return []
  return Object.entries(any).flatMap(([name, inner]) => [name, ...textsOf(inner)])
}

describe('where values stand in a JSON text', () => {
  it('finds each member, whatever the text holds', () => {
    fc.assert(
      fc.property(
        fc.dictionary(hard, value, { noNullPrototype: true }),
        spacing,
        (object, space) => {
          const raw = ` ${JSON.stringify(object, null, space)}\n`
          for (const [key, expected] of Object.entries(object)) {
            const span = memberSpan(raw, rootSpan(raw), key)
            expect(span && JSON.parse(raw.slice(span.start, span.end))).toEqual(
              JSON.parse(JSON.stringify(expected)),
            )
          }
          expect(memberSpan(raw, rootSpan(raw), 'no such key')).toBeUndefined()
        },
      ),
    )
  })

  it('walks through all names and strings, once and in their order', () => {
    fc.assert(
      fc.property(value, spacing, (any, space) => {
        const raw = JSON.stringify(any, null, space)
        const met: string[] = []
        const end = walkValue(
          raw,
          { start: 0, place: 'here' },
          {
            member: (name, place) => (met.push(name), place),
            string: ({ start, end: to }) => met.push(String(JSON.parse(raw.slice(start, to)))),
            tooDeep: () => met.push('too deep'),
          },
        )
        expect(end).toBe(raw.length)
        expect(met).toEqual(textsOf(JSON.parse(raw)))
      }),
    )
  })

  it('goes into nothing that it is kept out of, nor deeper than it may', () => {
    const met: string[] = []
    const raw = `{"out":{"a":"no"},"in":{"b":"yes"},"deep":${'['.repeat(1e5)}"no"${']'.repeat(1e5)}}`
    walkValue(
      raw,
      { start: 0, place: 0 },
      {
        member: (name, place) => (name === 'out' ? undefined : place),
        string: ({ start, end }) => met.push(raw.slice(start, end)),
        tooDeep: () => met.push('too deep'),
      },
    )
    expect(met).toEqual(['"yes"', 'too deep'])
  })

  it('finds each element, also alone', () => {
    fc.assert(
      fc.property(fc.array(value), spacing, (list, space) => {
        const raw = JSON.stringify(list, null, space)
        const array = rootSpan(raw)
        const spans = elementSpans(raw, array)
        expect(spans.map(({ start, end }) => JSON.parse(raw.slice(start, end)))).toEqual(
          JSON.parse(raw),
        )
        expect(lastElement(raw, array)).toEqual(spans.at(-1))
        const before = '{"a":[0],"list": '
        const whole = `${before}${raw},"b":{"list":[1]}}`
        const from = before.length
        const element = (index: number) =>
          elementOfMember(whole, { object: rootSpan(whole), name: 'list', index })
        expect(spans.map((_, i) => element(i))).toEqual(
          spans.map(({ start, end }) => ({ start: start + from, end: end + from })),
        )
        expect(element(-1)).toBeUndefined()
        expect(element(spans.length)).toBeUndefined()
      }),
    )
  })

  it.each(['7', '-1.5e3', '"a:{"', 'null', '[{"a":1}]'])('finds no member in %s', (raw) => {
    expect(memberSpan(`{"x":${raw}}`, { start: 5, end: 5 + raw.length }, 'a')).toBeUndefined()
    expect(memberSpan(raw, rootSpan(raw), 'a')).toBeUndefined()
  })

  it.each(['7', '"[1]"', 'null', '{"a":[1]}', '[]'])('finds no element in %s', (raw) => {
    expect(elementSpans(raw, rootSpan(raw))).toEqual([])
  })

  it('takes the last of a repeated key, also where one is written with an escape', () => {
    const raw = '{"a":1, "\\u0061" : [2] , "b":3}'
    const span = memberSpan(raw, rootSpan(raw), 'a')
    expect(span && raw.slice(span.start, span.end)).toBe('[2]')
    const first = elementOfMember(raw, { object: rootSpan(raw), name: 'a', index: 0 })
    expect(first && raw.slice(first.start, first.end)).toBe('2')
  })

  it('tells names apart that differ by what is an escape in one of them', () => {
    const raw = String.raw`{"\\\"":1,"\"":2}`
    const names: string[] = []
    eachMember(raw, rootSpan(raw), ({ name }) => names.push(name))
    expect(names).toEqual([String.raw`\"`, '"'])
    const span = memberSpan(raw, rootSpan(raw), String.raw`\"`)
    expect(span && raw.slice(span.start, span.end)).toBe('1')
  })
})
