import type { Category } from './schema/fact.ts'

const protectiveCategories: readonly Category[] = ['health', 'diet', 'constraint']

const protective =
  /allerg|anaphyla|intoleran|c(?:o?)eliac|epilep|seizure|diabet|insulin|hemophil|haemophil|asthma|pacemaker|pregnan|breast-?feed|immuno|transplant|arrhythmi|warfarin|lithium|anticoagul|blood thinner|epipen|\btakes? [\w-]+ (?:mg|daily|twice|once|every)|\bmedicat|\bkosher\b|\bhalal\b|sober|recovering|alcoholic|peanut|shellfish/i

/** The rule that marks facts which protect their owner: allergies, medicines, conditions, dietary law. */
export const isVital = (category: Category, text: string): boolean =>
  protectiveCategories.includes(category) && protective.test(text)
