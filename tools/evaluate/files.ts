import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type * as z from 'zod/mini'

const committed = fileURLToPath(new URL('../../data', import.meta.url))

/** Where the sets that are not committed come from. */
const sources: Record<string, string> = {
  real_prompts:
    'real first-turn prompts of the ContextEval collection (commit 530e2b7: Chatbot Arena CC BY 4.0, AlpacaEval CC BY-NC 4.0, ExpertQA MIT), with two labels each',
  persistbench: 'github.com/ivaxi0s/PersistBench, commit 302ea2f (no licence file: measure only)',
  locomo:
    'github.com/snap-research/locomo, commit e76cdff, conversations 26, 30, 41 (CC BY-NC 4.0: measure only)',
  prefeval: 'github.com/amazon-science/PrefEval, commit 5079505 (CC BY-NC 4.0: measure only)',
  memsyco: 'github.com/XMUDeepLIT/MemSyco-Bench, commit c31e2c8 (MIT)',
  nq_open:
    'github.com/google-research-datasets/natural-questions, nq_open, EfficientQA dev, commit fb26a30 (CC BY-SA 3.0)',
  stakes:
    'github.com/abachaa/LiveQA_MedicalTask_TREC2017, commit 3f5a42c, InsuranceQA and LearnedHands of LegalBench (research use: measure only)',
}

/** Reads JSON lines of a set; the folder given with `--data` comes before the committed one. */
export type Files = {
  /** Undefined, and remembered as missing, where no folder has the file. */
  read: <T>(path: string, row: z.ZodMiniType<T>) => T[] | undefined
  /** Rows of every folder that has the file. */
  readAll: <T>(path: string, row: z.ZodMiniType<T>) => T[]
  /** The text of a file that is no JSON lines; undefined, and remembered, where no folder has it. */
  readText: (path: string) => string | undefined
  /** What was asked for in vain, in words. */
  missing: () => string[]
}

export function openFiles(folder: string | undefined): Files {
  const folders = [...(folder === undefined ? [] : [folder]), committed]
  const missing = new Set<string>()
  const existing = (path: string) => folders.map((root) => join(root, path)).filter(existsSync)
  return {
    read(path, row) {
      const [file] = existing(path)
      if (file === undefined) missing.add(path)
      return file === undefined ? undefined : parse(file, row)
    },
    readText(path) {
      const [file] = existing(path)
      if (file === undefined) missing.add(path)
      return file === undefined ? undefined : readFileSync(file, 'utf8')
    },
    readAll: (path, row) => existing(path).flatMap((file) => parse(file, row)),
    missing: () =>
      [...missing].map((path) => {
        const set = path.split('/')[1] ?? ''
        return `${path}: ${sources[set] ?? 'written for this project, belongs under data/'}`
      }),
  }
}

const parse = <T>(file: string, row: z.ZodMiniType<T>): T[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => row.parse(JSON.parse(line)))
