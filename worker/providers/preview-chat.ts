import { piecesOf, type PreviewAnswer, type PreviewFormat } from './preview-format.ts'

const headOf = ({ id, created, model }: PreviewAnswer) => ({ id: `chatcmpl-${id}`, created, model })

const usageOf = ({ input, output }: PreviewAnswer) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
})

const delta = (value: object, finish: string | null = null) => [
  { index: 0, delta: value, logprobs: null, finish_reason: finish },
]

export const previewChat: PreviewFormat = {
  whole(answer) {
    const message = { role: 'assistant', content: answer.content, refusal: null }
    const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }]
    return { object: 'chat.completion', ...headOf(answer), choices, usage: usageOf(answer) }
  },
  events(answer) {
    const { content, statesUsage } = answer
    const head = { object: 'chat.completion.chunk', ...headOf(answer) }
    const event = (choices: unknown[], rest: object = statesUsage ? { usage: null } : {}) =>
      `data: ${JSON.stringify({ ...head, choices, ...rest })}\n\n`
    return [
      event(delta({ role: 'assistant', content: '' })),
      ...piecesOf(content).map((piece) => event(delta({ content: piece }))),
      event(delta({}, 'stop')),
      ...(statesUsage ? [event([], { usage: usageOf(answer) })] : []),
      'data: [DONE]\n\n',
    ]
  },
}
