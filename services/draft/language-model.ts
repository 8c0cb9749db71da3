import type { Reworder } from './reword.ts'

/** Where a language model answers, in the form of OpenAI's chat completions: https://platform.openai.com/docs/api-reference/chat */
export interface LanguageModel {
  /** Up to and with `/v1`. */
  url: string
  model: string
  key?: string
}

const PATIENCE_MS = 120_000
const TASK =
  'You get a JSON array of lines of an incident timeline. Word each anew: short, factual, past tense, no blame, no conclusions, nothing added. Keep every number, time, name in code, path and identifier exactly as it is written. Answer with a JSON array of as many strings in the same order, and nothing else.'

/** Asks a language model. What goes wrong is thrown: who asks decides what is done without it. */
export const languageModel =
  ({ url, model, key }: LanguageModel): Reworder =>
  async (lines) => {
    const response = await fetch(`${url.replace(/\/$/, '')}/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify({
        model,
        temperature: 0,
        messages: [
          { role: 'system', content: TASK },
          { role: 'user', content: JSON.stringify(lines) },
        ],
      }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    if (!response.ok) throw new Error(`the language model answers with status ${response.status}`)
    const { choices } = (await response.json()) as {
      choices?: { message?: { content?: string } }[]
    }
    const answer: unknown = JSON.parse(choices?.[0]?.message?.content ?? 'null')
    if (!Array.isArray(answer)) throw new Error('the language model does not answer with a list')
    return answer as string[]
  }
