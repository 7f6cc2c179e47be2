/** The fixed request of the bench: 20 turns, 12 kB, streaming; the last message asks for a dinner. */
export function fixedBody(model = 'bench'): string {
  const words =
    'the plan for the week has three parts and each of them needs some thought before it starts '
  const messages: { role: string; content: string }[] = [
    { role: 'system', content: 'You are a helpful assistant for cooking and travel.' },
  ]
  for (let turn = 1; turn < 20; turn++) {
    messages.push({ role: 'user', content: `Question ${turn}: ${words.repeat(2)}` })
    messages.push({
      role: 'assistant',
      content: `Answer ${turn}: ${words.repeat(4)}`.slice(0, 380),
    })
  }
  messages.push({ role: 'user', content: 'Dinner ideas for tonight?' })
  return JSON.stringify({ model, stream: true, messages })
}

/** Twelve facts of one user. */
export const facts = [
  ['diet', 'Vegetarian since 2015'],
  ['health', 'Allergic to peanuts'],
  ['role', 'Structural engineer at a bridge office'],
  ['location', 'Lives in Porto with a small kitchen'],
  ['family', 'Has two children, 4 and 7'],
  ['tool', 'Cooks on an induction stove'],
  ['preference', 'Likes Sichuan food'],
  ['schedule', 'Works from home on Fridays'],
  ['goal', 'Wants to run a half marathon in May'],
  ['finance', 'Saves for a flat'],
  ['history', 'Studied in Delft'],
  ['belief', 'Thinks fast food should be taxed'],
] as const
