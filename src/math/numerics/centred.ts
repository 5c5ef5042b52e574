/** Rows around the means of their columns, for the subjects that begin with a covariance. Pure; checks nothing. */
import type { Matrix } from '../guard.ts'

/** Rows less the means of their columns. Loops, because `from` with a function takes several times as long. */
export function centredRows(rows: Matrix, means: Float64Array): Float64Array[] {
  return rows.map((row) => {
    const out = new Float64Array(means.length)
    for (let j = 0; j < out.length; j++) out[j] = row[j] - means[j]
    return out
  })
}
