/** Metrics of how much a Sharpe ratio can be believed; their arithmetic is in `inference`. Pure. */
import {
  annualisedSharpe,
  deflatedSharpe,
  minimumTrackRecord,
  probabilisticSharpe,
  sharpeSample,
  sharpeStandardError,
  type SharpeSample,
} from '../inference/sharpe.ts'
import { Moments } from './accumulators.ts'
import { given, type MetricDefinition, type MetricInput, type MetricSettings, streamOf } from './metric.ts'
import { sharpeOf } from './ratios.ts'

const PSR = 'D. H. Bailey, M. López de Prado, Journal of Risk 15 (2012)'

const sampleOf = ({ returns, riskFree = 0 }: MetricInput): SharpeSample => possible(sharpeSample(returns, riskFree))

/** Without what rounding makes: a kurtosis is at least 1, and a ratio this small is none. */
const possible = (sample: Required<SharpeSample>): SharpeSample => ({
  ...sample,
  sharpe: Math.abs(sample.sharpe) < 1e-12 ? 0 : sample.sharpe,
  kurtosis: Math.max(1, sample.kurtosis),
})

const ofSample = (read: (sample: SharpeSample) => number) => ({
  compute: (input: MetricInput) => read(sampleOf(input)),
  stream: ({ riskFree }: MetricSettings) => {
    const moments = new Moments()
    return streamOf([moments], () => {
      const { m2, m3, m4 } = moments.central()
      const sharpe = sharpeOf(moments.location(riskFree), { riskFree, periodsPerYear: 1 })
      return read(possible({ sharpe, observations: moments.count, skewness: m3 / m2 ** 1.5, kurtosis: m4 / m2 ** 2 }))
    })
  },
})

export const METRICS_OF_INFERENCE: readonly MetricDefinition[] = [
  {
    name: 'probabilisticSharpe',
    title: 'Probability that the Sharpe ratio is above 0',
    unit: 'fraction',
    better: 'higher',
    source: PSR,
    needs: 'returns',
    ...ofSample((sample) => probabilisticSharpe(sample)),
  },
  {
    name: 'minimumTrackRecord',
    title: 'Periods it takes to show it at 95%',
    unit: 'periods',
    better: 'lower',
    source: PSR,
    needs: 'returns',
    ...ofSample((sample) => minimumTrackRecord(sample)),
  },
  {
    name: 'sharpeStandardError',
    title: 'Standard error of the Sharpe ratio per period',
    unit: 'ratio',
    better: 'lower',
    source: 'E. Mertens, Comments on variance of the IID estimator in Lo (2002)',
    needs: 'returns',
    ...ofSample(sharpeStandardError),
  },
  {
    name: 'deflatedSharpe',
    title: 'Deflated Sharpe ratio',
    unit: 'fraction',
    better: 'higher',
    source: 'D. H. Bailey, M. López de Prado, Journal of Portfolio Management 40 (2014)',
    needs: 'returns',
    compute: (input) => deflatedSharpe(sampleOf(input), given('number of trials', input.trials)).probability,
  },
  {
    name: 'sharpeLo',
    title: 'Annual Sharpe ratio corrected for autocorrelation, without risk-free rate',
    unit: 'ratio',
    better: 'higher',
    source: 'A. W. Lo, Financial Analysts Journal 58 (2002)',
    needs: 'returns',
    compute: ({ returns, periodsPerYear }) => annualisedSharpe(returns, Math.round(periodsPerYear)).annualised,
  },
]
