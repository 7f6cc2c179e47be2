/** The panel's texts on who has set what, in English. */
export const rulesTexts = {
  rules: 'What is set, and by whom',
  rules_help: 'Where nobody has set anything, the defaults hold.',
  rule: '{what}: set by {who}',
  rule_mode: 'How readily something is added',
  rule_budget: 'Space for what is added',
  rule_highStakesBudget: 'Space where the stakes are high',
  rule_maxFacts: 'Number of facts in an answer',
  rule_off: 'Personalization off',
  rule_blocked: 'Kinds of facts left out',
  rule_style: 'Style of answers',
  layer_compliance: 'a rule that this service has to keep',
  layer_feature: 'this part of the service',
  layer_org: 'this service',
  layer_cohort: 'the group you are in',
  layer_user: 'you',
  layer_session: 'you, for this visit',
}
