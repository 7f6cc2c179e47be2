import type { Category } from './schema/fact.ts'

const protectiveCategories: readonly Category[] = ['health', 'diet', 'constraint']

const english =
  /allerg|anaphyla|intoleran|c(?:o?)eliac|epilep|seizure|diabet|insulin|hemophil|haemophil|asthma|pacemaker|pregnan|breast-?feed|immuno|transplant|arrhythmi|warfarin|lithium|anticoagul|blood thinner|epipen|\btakes? [\w-]+ (?:mg|daily|twice|once|every)|\btakes? (?:[\w-]+ )?\d+ ?(?:mg|mcg|µg|ml)\b|\bmedicat|\bkosher\b|\bhalal\b|sober|recovering|alcoholic|peanut|shellfish/i

/** The same in the other languages that facts are found in, as far as the words differ. */
const german = 'schwanger|zöliakie|schrittmacher|blutverdünn|koscher'
const romance =
  'alérgic|alergi[ac]|[eé]pilep|celíac|celiaqu|cœliaque|intolérant|embarazad|enceinte|grávida|gravidez|(?<!\\p{L})asma(?!\\p{L})|marcapasso?s?|stimulateur cardiaque|casher'
const chinese = '[过過]敏|[怀懷]孕|孕[妇婦]|糖尿病|哮喘|[癫癲][痫癇]|胰[岛島]素|起搏器|清真'
const others = new RegExp([german, romance, chinese].join('|'), 'iu')

/** The rule that marks facts which protect their owner: allergies, medicines, conditions, dietary law. */
export const isVital = (category: Category, text: string): boolean =>
  protectiveCategories.includes(category) && (english.test(text) || others.test(text))
