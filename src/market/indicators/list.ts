/** All indicators. One line each: the conformance suite and the page of all indicators walk this list. */
import { accumulationDefinition } from './accumulation.ts'
import { adxDefinition } from './adx.ts'
import { anchoredVwapDefinition } from './anchored-vwap.ts'
import { aroonDefinition } from './aroon.ts'
import { atrDefinition } from './atr.ts'
import { betaDefinition } from './beta.ts'
import { bollingerDefinition } from './bollinger.ts'
import { cciDefinition } from './cci.ts'
import { chaikinOscillatorDefinition } from './chaikin-oscillator.ts'
import { chaikinVolatilityDefinition } from './chaikin-volatility.ts'
import { closeVolatilityDefinition } from './close-volatility.ts'
import { cmfDefinition } from './cmf.ts'
import { correlationDefinition } from './correlation.ts'
import { demaDefinition } from './dema.ts'
import { deviationDefinition } from './deviation.ts'
import { donchianDefinition } from './donchian.ts'
import { efficiencyRatioDefinition } from './efficiency-ratio.ts'
import { emaDefinition } from './ema.ts'
import { garmanKlassDefinition } from './garman-klass.ts'
import { highestDefinition } from './highest.ts'
import { hmaDefinition } from './hma.ts'
import { ichimokuDefinition } from './ichimoku.ts'
import { kamaDefinition } from './kama.ts'
import { keltnerDefinition } from './keltner.ts'
import { linearRegressionDefinition } from './linear-regression.ts'
import { lowestDefinition } from './lowest.ts'
import { macdDefinition } from './macd.ts'
import { medianDefinition } from './median.ts'
import { mfiDefinition } from './mfi.ts'
import { momentumDefinition } from './momentum.ts'
import { obvDefinition } from './obv.ts'
import { parkinsonDefinition } from './parkinson.ts'
import { percentRankDefinition } from './percent-rank.ts'
import { pivotPointsDefinition } from './pivot-points.ts'
import { psarDefinition } from './psar.ts'
import { realisedVarianceDefinition } from './realised-variance.ts'
import { rmaDefinition } from './rma.ts'
import { rocDefinition } from './roc.ts'
import { rogersSatchellDefinition } from './rogers-satchell.ts'
import { rsiDefinition } from './rsi.ts'
import { sessionVwapDefinition } from './session-vwap.ts'
import { smaDefinition } from './sma.ts'
import { stochRsiDefinition } from './stoch-rsi.ts'
import { stochasticDefinition } from './stochastic.ts'
import { superTrendDefinition } from './super-trend.ts'
import { swingPivotsDefinition } from './swing-pivots.ts'
import { temaDefinition } from './tema.ts'
import { trendScoreDefinition } from './trend-score.ts'
import { trimaDefinition } from './trima.ts'
import { trixDefinition } from './trix.ts'
import { trueRangeDefinition } from './true-range.ts'
import { ultimateDefinition } from './ultimate.ts'
import { vwapDefinition } from './vwap.ts'
import { williamsRDefinition } from './williams-r.ts'
import { wmaDefinition } from './wma.ts'
import { yangZhangDefinition } from './yang-zhang.ts'
import { zScoreDefinition } from './z-score.ts'
import { zlemaDefinition } from './zlema.ts'
import type { IndicatorDefinition } from './indicator.ts'

export const INDICATORS: readonly IndicatorDefinition[] = [
  accumulationDefinition,
  adxDefinition,
  anchoredVwapDefinition,
  aroonDefinition,
  atrDefinition,
  betaDefinition,
  bollingerDefinition,
  cciDefinition,
  chaikinOscillatorDefinition,
  chaikinVolatilityDefinition,
  closeVolatilityDefinition,
  cmfDefinition,
  correlationDefinition,
  demaDefinition,
  deviationDefinition,
  donchianDefinition,
  efficiencyRatioDefinition,
  emaDefinition,
  garmanKlassDefinition,
  highestDefinition,
  hmaDefinition,
  ichimokuDefinition,
  kamaDefinition,
  keltnerDefinition,
  linearRegressionDefinition,
  lowestDefinition,
  macdDefinition,
  medianDefinition,
  mfiDefinition,
  momentumDefinition,
  obvDefinition,
  parkinsonDefinition,
  percentRankDefinition,
  pivotPointsDefinition,
  psarDefinition,
  realisedVarianceDefinition,
  rmaDefinition,
  rocDefinition,
  rogersSatchellDefinition,
  rsiDefinition,
  sessionVwapDefinition,
  smaDefinition,
  stochRsiDefinition,
  stochasticDefinition,
  superTrendDefinition,
  swingPivotsDefinition,
  temaDefinition,
  trendScoreDefinition,
  trimaDefinition,
  trixDefinition,
  trueRangeDefinition,
  ultimateDefinition,
  vwapDefinition,
  williamsRDefinition,
  wmaDefinition,
  yangZhangDefinition,
  zScoreDefinition,
  zlemaDefinition,
]
