/** What it tries, and the text. What runs sets the global `canary`. */
export type Hostile = readonly [what: string, text: string]
