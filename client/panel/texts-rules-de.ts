import type { rulesTexts } from './texts-rules.ts'

/** The panel's texts on who has set what, in German. */
export const rulesTextsDe: Readonly<Record<keyof typeof rulesTexts, string>> = {
  rules: 'Was festgelegt ist, und von wem',
  rules_help: 'Wo niemand etwas festgelegt hat, gilt die Voreinstellung.',
  rule: '{what}: festgelegt durch {who}',
  rule_mode: 'Wie bereitwillig etwas beigefügt wird',
  rule_budget: 'Platz für Beigefügtes',
  rule_highStakesBudget: 'Platz, wenn viel auf dem Spiel steht',
  rule_maxFacts: 'Zahl der Angaben in einer Antwort',
  rule_off: 'Personalisierung aus',
  rule_offAtHighStakes: 'Personalisierung aus, wenn viel auf dem Spiel steht',
  rule_blocked: 'Arten von Angaben, die wegbleiben',
  rule_style: 'Stil der Antworten',
  layer_compliance: 'eine Regel, die dieser Dienst einhalten muss',
  layer_feature: 'diesen Teil des Dienstes',
  layer_org: 'diesen Dienst',
  layer_cohort: 'die Gruppe, zu der Sie gehören',
  layer_user: 'Sie',
  layer_session: 'Sie, für diesen Besuch',
}
