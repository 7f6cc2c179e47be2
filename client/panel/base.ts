import { hasTexts } from './texts.ts'

/**
 * What the panel's elements extend. Where there are no elements (rendering on a server) it is an empty
 * class, so that importing an element never fails.
 */
// oxlint-disable-next-line typescript/no-extraneous-class, typescript/no-unsafe-type-assertion -- nothing of it is ever used
export const ElementBase = globalThis.HTMLElement ?? (class {} as unknown as typeof HTMLElement)

/** Hands a property that was set before the element was defined to the class's own accessor. */
export function takeEarlyProperty(host: HTMLElement, name: string): void {
  if (!Object.hasOwn(host, name)) return
  const value: unknown = Reflect.get(host, name)
  Reflect.deleteProperty(host, name)
  Reflect.set(host, name, value)
}

/** The language of an element: its own, what the app says, or that of the page around it. */
export const languageOf = (host: HTMLElement, app?: string): string =>
  host.lang || app || host.closest<HTMLElement>('[lang]')?.lang || navigator.language

/**
 * The language of dates, numbers and plurals: that of the texts beside them. Those are English where the
 * language is neither English nor German, until the app brings texts of its own.
 */
export const localeOf = (language: string, own: object): string =>
  hasTexts(language) || Object.keys(own).length > 0 ? language : 'en'
