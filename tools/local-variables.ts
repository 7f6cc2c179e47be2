import { developmentKey } from './development-key.ts'

/** What passes from the environment to the local Worker. */
const passed = [
  'PROVIDER',
  'OPENAI_BASE_URL',
  'OPENAI_API_KEY',
  'OPENAI_CONTENT',
  'ANTHROPIC_BASE_URL',
  'ANTHROPIC_API_KEY',
  'SOURCE_BINDINGS',
  'EDGEWISE_METRICS_TOKEN',
  'EDGEWISE_NAMING_SECRET',
  'EDGEWISE_ROOT_SECRETS',
]

/** The variables of the local Worker, for `npm start` and for whatever writes its data. */
export function localVariables(): Record<string, string> {
  const given = passed.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    ENVIRONMENT: process.env['ENVIRONMENT'] === 'production' ? 'production' : 'development',
    DEVELOPMENT_KEY: developmentKey(),
    ...Object.fromEntries(given),
  }
}
