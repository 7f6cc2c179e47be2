import { de } from './texts-de.ts'
import { learningTexts } from './texts-learning.ts'
import { rulesTexts } from './texts-rules.ts'
import { startTexts } from './texts-start.ts'

/** Every text of the panel, in English. `{name}` is filled in; `_one` and `_other` follow the plural rules. */
export const en = {
  title: 'What is known about you',
  loading: 'Loading …',
  count_one: '{count} fact',
  count_other: '{count} facts',

  store_memory: 'kept in this page only',
  store_device: 'kept on this device',
  store_edge: 'kept on this device and at the edge',
  use: 'Use it in answers',
  use_on: 'Personalization is on',
  use_off: 'Personalization is paused: questions go out exactly as you write them',

  notice_blocked:
    'Memory only: this browser blocks storage. All is forgotten when you leave the page.',
  notice_gpc:
    'Your browser asks sites not to share what they know about you (Global Privacy Control). Learning at the edge stays off unless you choose it here.',
  notice_org_off:
    'This service has switched personalization off. Nothing is added to your questions.',
  notice_partial: 'What is kept at the edge could not be read just now.',
  notice_failed:
    'No session could be opened just now. Questions go out without what is known about you.',

  facts: 'Facts',
  facts_none: 'Nothing is known yet. You can add something yourself.',
  add: 'Add a fact',
  fact_text: 'What should be known?',
  fact_example: 'For example: I am vegetarian',
  fact_category: 'Kind',
  fact_vital: 'Important for my safety',
  fact_vital_help:
    'For allergies, medicines or conditions. It is then attached unless clearly unrelated, with the day on which you said it.',
  fact_vital_guess:
    'This sounds like something that protects you. Only your own yes marks it as important.',
  vital: 'important',
  vital_ask: 'Mark as important for my safety',
  pinned: 'pinned',
  pending: 'not used until confirmed',
  superseded: 'replaced by a newer one',
  save: 'Save',
  cancel: 'Cancel',
  pin: 'Pin: {fact}',
  unpin: 'Unpin: {fact}',
  edit: 'Edit: {fact}',
  remove: 'Delete: {fact}',
  remove_ask: 'Delete this fact?',
  remove_yes: 'Delete',
  said_added: 'Added: {fact}',
  said_saved: 'Saved: {fact}',
  said_removed: 'Deleted: {fact}',
  said_pinned: 'Pinned: {fact}',
  said_unpinned: 'Unpinned: {fact}',
  first_seen: 'First known on {date}',
  where_memory: 'this page',
  where_device: 'this device',
  where_edge: 'at the edge',
  source_typed: 'your words',
  source_pasted: 'from pasted text',
  source_prefilled: 'from prefilled text',
  source_app: 'from this app',
  source_import: 'imported',
  source_inferred: 'concluded from what you wrote',

  answers: 'Last answers',
  answers_none: 'No question has been asked yet.',
  answers_earlier: 'Earlier answers',
  again: 'Answer again without what is known about me',
  rating: 'Was this answer helpful?',
  rating_yes: 'Yes',
  rating_no: 'No',
  rating_thanks: 'Thank you. Only that is sent, none of your words.',
  fact_gone: 'a fact that is no longer known here ({category})',
  why_attached: 'Knowing you helps here. This went with your question:',
  why_not_needed: 'Nothing about you was needed. The question went out as you wrote it.',
  why_no_fact_helps: 'Nothing that is known about you helps here.',
  why_nothing_known: 'Nothing is known about you yet.',
  why_already_said: 'What helps is already in the conversation.',
  why_over_budget: 'What would help does not fit into the space allowed for it.',
  why_no_room: 'The conversation is too long: nothing could be added.',
  why_blocked_by_org: 'This service keeps these kinds of facts out of answers.',
  why_blocked_by_user: 'You keep these kinds of facts out of answers here.',
  why_paused: 'Personalization is paused: nothing was added.',
  why_org_off: 'This service has personalization switched off.',
  why_high_stakes: 'The stakes are high here: this service then adds nothing about you.',
  why_gate_late: 'The decision was late. The question did not wait for it.',
  why_gate_failed: 'The decision failed. The question went out without anything added.',
  why_persona_missing: 'Nothing was found at the edge, so nothing was added.',
  why_persona_late: 'What is kept at the edge came too late. The question did not wait for it.',
  why_persona_failed: 'What is kept at the edge could not be read, so nothing was added.',
  why_unknown_language: 'The language of the question was not recognised, so nothing was added.',
  why_unreadable_body: 'The request could not be read, so nothing was added.',
  why_too_large_to_read: 'The request is very large. It went out unread.',
  why_no_user_message: 'There was no question of yours in the request.',
  why_length_retry:
    'The model had no room for it. The question was sent again without anything added.',
  why_experiment: 'You are in a comparison in which answers get nothing of yours.',
  why_stored_conversation:
    'The AI provider keeps this conversation, where you could not delete it. Nothing was added.',
  slice_style: 'how you like answers to be',
  slice_session: 'notes of this visit',
  slice_org: "the service's own rules",
  slice_sources: 'what this service knows of your account',
  slice_signals: 'your device, page, language and time of day',
  slice_terms: 'words of this service, explained',
  stakes: 'The stakes are high: the model was asked to check what is missing first.',
  details: 'Details',
  detail_decided_device: 'Decided on this device in {ms} ms',
  detail_decided_edge: 'Decided at the edge',
  detail_decided_none: 'Nothing was decided',
  detail_tokens:
    '{tokens} tokens added; the bare words of everything known would be {whole} (estimated)',
  detail_dropped: 'Left out for lack of space or by rule: {count}',
  detail_cached: '{cached} of them were read from the provider’s cache',
  detail_usage: 'The whole request: {input} tokens in, {output} out',
  detail_usage_estimated: 'The whole request: about {input} tokens in, {output} out (estimated)',

  tokens: 'Tokens',
  tokens_spent: 'Added to your questions',
  tokens_whole: 'Everything known, on every turn',
  tokens_saved: 'Saved',
  tokens_note_one:
    'Over the last answer. Compared with sending the bare words of everything known with every question; what frames them is counted only in what was added. All figures are estimated.',
  tokens_note_other:
    'Over the last {count} answers. Compared with sending the bare words of everything known with every question; what frames them is counted only in what was added. All figures are estimated.',

  consent: 'Where it may be kept',
  consent_unanswered: 'You have not chosen yet. Until you do, nothing is written to this device.',
  consent_memory: 'In this page only',
  consent_memory_help: 'Nothing is written. All is forgotten when you leave the page.',
  consent_device: 'On this device',
  consent_device_help:
    'Facts and settings stay in this browser, for this site, until you clear them.',
  consent_edge: 'Learn at the edge',
  consent_edge_help:
    'Facts are also kept for you at the edge, encrypted, so that your other devices know them. The facts of this device are copied there.',
  consent_down: 'What is at the edge stays there until you forget everything below.',
  said_consent: 'Saved: {choice}',

  data: 'Your data',
  export: 'Export as JSON',
  said_exported: 'Exported. Your browser saves the file.',
  clear_session: 'Clear this visit',
  clear_session_ask: 'Forget the notes and answers of this visit?',
  clear_device: 'Clear everything on this device',
  clear_device_ask:
    'Delete all facts, answers and settings that this device holds, in all tabs? What is at the edge stays.',
  clear_everything: 'Forget everything',
  clear_everything_ask:
    'Delete all that is known about you, on this device and at the edge? Your other devices follow within about a minute. This cannot be undone.',
  clear_yes: 'Yes, clear',
  clear_everything_yes: 'Yes, forget everything',
  said_cleared: 'Cleared.',
  said_forgotten: 'Everything is forgotten.',

  problem: 'That did not work: {reason}.',
  problem_fact_rejected: 'a fact is at most {bytes} bytes, and not only contact data',
  problem_fact_not_found: 'this fact is no longer there',
  problem_too_many_pins: 'no more facts can be pinned',
  problem_too_long: 'a fact has at most {bytes} bytes',
  problem_empty: 'there is no text',
  problem_rate_limited: 'too many changes at once; try again in a minute',
  problem_storage: 'storage is not available just now',
  problem_offline: 'the service could not be reached',

  category_belief: 'belief',
  category_constraint: 'limit',
  category_diet: 'diet',
  category_expertise: 'expertise',
  category_family: 'family',
  category_finance: 'finance',
  category_goal: 'goal',
  category_health: 'health',
  category_history: 'history',
  category_location: 'place',
  category_preference: 'preference',
  category_project: 'project',
  category_role: 'work',
  category_schedule: 'schedule',
  category_style: 'style of answers',
  category_tool: 'tool',

  ...learningTexts,
  ...rulesTexts,
  ...startTexts,
}

export type Texts = Readonly<Record<keyof typeof en, string>>
export type TextKey = keyof Texts

const builtIn: ReadonlyMap<string, Texts> = new Map([
  ['en', en],
  ['de', de],
])
const primary = (language: string) => language.toLowerCase().split('-')[0] ?? ''

/** Whether there are texts of a language (BCP 47). */
export const hasTexts = (language: string): boolean => builtIn.has(primary(language))

/** The texts of a language, English where there are none, with those of the page over them. */
export const textsFor = (language: string, own: Partial<Texts> = {}): Texts => ({
  ...(builtIn.get(primary(language)) ?? en),
  ...own,
})

/** Fills `{name}` with its value; a name without a value stays as it is. */
export const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
