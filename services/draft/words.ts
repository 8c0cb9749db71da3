/** Words that every talk is full of: they tell nothing about what it is of. */
const COMMON = new Set(
  `a about above actually affirmative after again all alright also always am an and another any anything are around as at back be because been before being both but by call can can't come copy could
  did didn't do does doesn't doing don't done down during each even ever every few first for from get getting give go goes going gone good got guess had has hasn't have haven't having he her here
  hey him his how i i'd i'll i'm i've if in into is isn't it it's its just keep kind know last let let's like little long look looks lot made make many may maybe me mean might more most much must
  my need next no not now of off oh ok okay on once one only or other our out over please point probably put quite rather really right roger same say see seems she should show since so some
  something sorry sort still stuff such sure take tell than thank thanks that that's the their them then there there's these they thing things think this those though three through time to too
  try trying two under until up us use very wait want wanted was wasn't way we we'll we're we've well went were what what's when where which while who why will with won't would yeah yep yes yet
  you you'll you're you've your zero four five six seven eight nine ten uh um stand roger`.split(
    /\s+/,
  ),
)

const WORD = /\p{L}[\p{L}\p{M}'’]{2,}/gu
/** Endings are left out: a word and its plural are one. */
const STEM = 6

/** The words of a text that tell what it is of, in its order. */
export const contentWords = (text: string): string[] =>
  (text.toLowerCase().replaceAll('’', "'").match(WORD) ?? []).filter((word) => !COMMON.has(word))

export const stemOf = (word: string): string => word.slice(0, STEM)

export const stemsOf = (text: string): Set<string> => new Set(contentWords(text).map(stemOf))

/** The words that tell texts from all others: often in these, seldom elsewhere. `known`: in how many of all texts a stem stands. */
export function keyTerms(
  texts: readonly string[],
  known: ReadonlyMap<string, number>,
  all: number,
  most: number,
): string[] {
  const counts = new Map<string, number>()
  const forms = new Map<string, string>()
  for (const word of texts.flatMap(contentWords)) {
    const stem = stemOf(word)
    counts.set(stem, (counts.get(stem) ?? 0) + 1)
    if (!forms.has(stem)) forms.set(stem, word)
  }
  const weight = (stem: string): number =>
    Math.sqrt(counts.get(stem)!) * Math.log(all / Math.max(known.get(stem) ?? 1, 1))
  return [...counts.keys()]
    .map((stem) => ({ stem, weight: weight(stem) }))
    .sort((a, b) => b.weight - a.weight || (a.stem < b.stem ? -1 : 1))
    .slice(0, most)
    .map(({ stem }) => forms.get(stem)!)
}

/** How many words two texts have in common. */
export const sharedBy = (some: ReadonlySet<string>, others: ReadonlySet<string>): number =>
  [...some].filter((each) => others.has(each)).length
