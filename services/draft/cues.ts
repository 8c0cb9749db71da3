/** What a statement of a person is, as far as common English phrases tell. */
export type Cue =
  | 'detected'
  | 'acknowledged'
  | 'hypothesis'
  | 'decision'
  | 'action'
  | 'result'
  | 'all-clear'

/** The first that fits counts: what is over is said in the same words as what was found. */
const CUES: readonly (readonly [Cue, RegExp])[] = [
  [
    'all-clear',
    /\b(?:resolved|all clear|recovered|back (?:up|to normal|online|in business)|(?:is|are|was) fixed|works? again|working again|healthy again|mitigated|clos(?:e|ing) (?:this|the incident)|declar\w+ (?:it )?(?:over|resolved)|monitoring looks good)\b/i,
  ],
  [
    'result',
    /\b(?:found (?:it|the|out)|turns out|it was the|caused by|confirmed|the (?:cause|reason|culprit|problem|issue) (?:is|was)|didn't help|did not help|no (?:change|effect|difference)|still (?:failing|down|broken|the same)|is (?:done|complete|completed|finished|empty|full)|succeeded|works? now)\b/i,
  ],
  [
    'hypothesis',
    /\b(?:i think|i suspect|maybe|might be|may be|could (?:it )?be|could that be|probably|my guess|guess(?:ing)?|possibly|looks like|seems to be|theory|what if|suspect)\b/i,
  ],
  [
    'decision',
    /\b(?:let's|let us|we(?:'ll| will| should| are going to|'re going to)|decided|plan is|agreed|go ahead|we are go|go for it|i(?:'ll| will) (?:lead|take))\b/i,
  ],
  [
    'action',
    /\b(?:restart(?:ed|ing)|roll(?:ed|ing) back|rollback|revert(?:ed|ing)|deploy(?:ed|ing)|scal(?:ed|ing) (?:up|down|out)|disabl(?:ed|ing)|enabl(?:ed|ing)|kill(?:ed|ing)|delet(?:ed|ing)|remov(?:ed|ing)|dropp(?:ed|ing)|appl(?:ied|ying)|merg(?:ed|ing)|start(?:ed|ing) (?:it|the)|stopp(?:ed|ing)|fail(?:ed|ing) over|paged|escalat(?:ed|ing)|joined|opened (?:a|an|the)|logged in)\b/i,
  ],
  [
    'acknowledged',
    /(?:^|[,.;!]\s*|\bi(?:'| a)m )(?:on it|looking)\b|\b(?:looking (?:into|at) (?:it|this|that)|investigating|taking a look|got (?:the|this|a) page)\b/i,
  ],
  [
    'detected',
    /\b(?:(?:is|are|seems|looks) (?:down|broken|slow|unreachable|unavailable|failing|timing out)|not (?:working|responding|loading|reachable)|(?:seeing|getting|reports? of|complain\w*|noticed) \w+|outage|error page|anyone else|alert(?:ing|ed)?)\b/i,
  ],
]

export const cueOf = (text: string): Cue | undefined =>
  CUES.find(([, pattern]) => pattern.test(text))?.[0]

/** Words with which people say that something moves them. */
const FEELING =
  /!|\b(?:beautiful|magnificent|fantastic|great|wonderful|amazing|incredible|congratulat\w*|happy|love|wow|boy|golly|haha|funny|jok\w+|enjoy\w*|glad|hope|nice|unbelievable|tremendous|spectacular|worr\w+|strange|weird|unfortunately|damn|scary|lucky|luckily)\b/i

export const isFelt = (text: string): boolean => FEELING.test(text)
