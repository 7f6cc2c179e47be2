import type { GateFact } from '../../shared/gate/port.ts'

/** Requests as people type them: short and long, personal and not. */
const queries = [
  'What is the capital of France?',
  'dinner ideas for tonight?',
  'how do i get red wine out of a wool carpet',
  'Write a Python function that merges two sorted lists without using sort().',
  'Recommend me a book for a long flight.',
  'Why is my sourdough so dense?',
  'fix this: TypeError: Cannot read properties of undefined (reading "map")',
  'Plan a weekend in Porto with two small children, we like trains and hate museums.',
  'Explain how vaccines work to a ten year old.',
  'is it safe to take ibuprofen with my blood pressure medicine',
  'Translate into German: "The meeting has been moved to Thursday at noon."',
  'Draft a polite email to my landlord about the broken heating. It has been out for nine days, I have called twice, and nobody has come.',
  'what laptop should I buy for video editing under 1500',
  'Summarise the causes of the French revolution in five bullet points.',
  'Can my employer make me work on a public holiday?',
  'I have 12,000 in savings and a student loan at 4%. Should I pay it off or invest? I am not sure how long I will stay in this job.',
  'best exercises for lower back pain',
  'Who won the world cup in 1998?',
  'Give me a training plan for my first half marathon in April. I can run three times a week, and last month I ran eight kilometres without stopping.',
  'What is the time complexity of quicksort in the worst case, and why is it still used?',
  'Wie koche ich Linsen, ohne dass sie zerfallen?',
  '¿Qué puedo regalarle a mi madre por su cumpleaños?',
  'Rewrite the following paragraph so that it sounds more formal, keep all the facts, and do not make it longer: We tried the thing with the new pump last week and it kind of worked, but then the pressure went all over the place after about two hours, so we turned it off before anything broke. Sam thinks that it is the valve. I think that it is the sensor, as the log shows a jump before the valve even moves.',
  '今天晚上吃什么好？',
]

/** Twelve facts of one user. */
export const facts: GateFact[] = [
  { id: 'f0', category: 'diet', text: 'Vegetarian; eats no meat and no fish.' },
  { id: 'f1', category: 'health', text: 'Allergic to peanuts.', vital: true },
  { id: 'f2', category: 'role', text: 'Works as a backend developer at a bank.' },
  { id: 'f3', category: 'location', text: 'Lives in Lisbon.' },
  { id: 'f4', category: 'family', text: 'Has two children, aged 4 and 7.' },
  { id: 'f5', category: 'tool', text: 'Writes TypeScript in Neovim on Linux.' },
  { id: 'f6', category: 'goal', text: 'Is training for a first half marathon.' },
  { id: 'f7', category: 'belief', text: 'Thinks that nuclear power should be given up.' },
  { id: 'f8', category: 'preference', text: 'Likes jazz from the fifties.' },
  { id: 'f9', category: 'finance', text: 'Saves 300 euros a month for a house.' },
  { id: 'f10', category: 'schedule', text: 'Free only on Sunday mornings.' },
  { id: 'f11', category: 'style', text: 'Prefers short answers without small talk.' },
]

/** The `i`th request: no two are the same, so that nothing is answered from memory. */
export const nthQuery = (i: number): string => `${queries[i % queries.length]} (${i})`

export const nthFacts = (i: number): GateFact[] =>
  facts.map((fact) => ({ ...fact, text: `${fact.text} (${i})` }))
