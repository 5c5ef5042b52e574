/**
 * Response surfaces of the Dickey-Fuller distributions: p-values as the normal distribution of a polynomial in the statistic, and
 * critical values as polynomials in 1/n. Rows are the number of integrated series from 1 on: 1 in a unit-root test, k in a
 * cointegration test of k series.
 *
 * Pure: tables and polynomials. Source: J. G. MacKinnon, Journal of Business and Economic Statistics 12 (1994), tables 3 to 6;
 * J. G. MacKinnon, Critical Values for Cointegration Tests, Queen's University working paper 1227 (2010); DF-GLS: the same method
 * applied to the statistic of G. Elliott, T. J. Rothenberg, J. H. Stock, Econometrica 64 (1996), and to the
 * normalised coefficient, as simulated for Python arch.
 */
import { MathError } from '../error.ts'
import { normalCdf } from '../numerics/special.ts'

/** Deterministic terms of the regression: none, constant, constant and trend, constant and trend and its square. */
export type Trend = 'n' | 'c' | 'ct' | 'ctt'

export interface CriticalValues {
  /** At 1 %. */
  readonly one: number
  /** At 5 %. */
  readonly five: number
  /** At 10 %. */
  readonly ten: number
}

interface Surface {
  /** Above this the p-value is 1. */
  readonly highest: readonly number[]
  /** Below this the p-value is 0. */
  readonly lowest: readonly number[]
  /** Up to here the small polynomial holds. */
  readonly star: readonly number[]
  readonly small: readonly (readonly number[])[]
  readonly large: readonly (readonly number[])[]
}

const SMALL = [1, 1, 1e-2]
const LARGE = [1, 1e-1, 1e-1, 1e-2]

const TAU: Readonly<Record<Trend, Surface>> = {
  n: {
    highest: [Infinity, 1.51, 0.86, 0.88, 1.05, 1.24],
    lowest: [-19.04, -19.62, -21.21, -23.25, -21.63, -25.74],
    star: [-1.04, -1.53, -2.68, -3.09, -3.07, -3.77],
    small: [
      [0.6344, 1.2378, 3.2496],
      [1.9129, 1.3857, 3.5322],
      [2.7648, 1.4502, 3.4186],
      [3.4336, 1.4835, 3.19],
      [4.0999, 1.5533, 3.59],
      [4.5388, 1.5344, 2.9807],
    ],
    large: [
      [0.4797, 9.3557, -0.6999, 3.3066],
      [1.5578, 8.558, -2.083, -3.3549],
      [2.2268, 6.8093, -3.2362, -5.4448],
      [2.7654, 6.4502, -3.0811, -4.4946],
      [3.2684, 6.8051, -2.6778, -3.4972],
      [3.7268, 7.167, -2.3648, -2.8288],
    ],
  },
  c: {
    highest: [2.74, 0.92, 0.55, 0.61, 0.79, 1],
    lowest: [-18.83, -18.86, -23.48, -28.07, -25.96, -23.27],
    star: [-1.61, -2.62, -3.13, -3.47, -3.78, -3.93],
    small: [
      [2.1659, 1.4412, 3.8269],
      [2.92, 1.5012, 3.9796],
      [3.4699, 1.4856, 3.164],
      [3.9673, 1.4777, 2.6315],
      [4.5509, 1.5338, 2.9545],
      [5.1399, 1.6036, 3.4445],
    ],
    large: [
      [1.7339, 9.3202, -1.2745, -1.0368],
      [2.1945, 6.4695, -2.9198, -4.2377],
      [2.5893, 4.5168, -3.6529, -5.0074],
      [3.0387, 4.5452, -3.3666, -4.1921],
      [3.5049, 5.2098, -2.9158, -3.3468],
      [3.9489, 5.8933, -2.5359, -2.721],
    ],
  },
  ct: {
    highest: [0.7, 0.63, 0.71, 0.93, 1.19, 1.42],
    lowest: [-16.18, -21.15, -25.37, -26.63, -26.53, -26.18],
    star: [-2.89, -3.19, -3.5, -3.65, -3.8, -4.36],
    small: [
      [3.2512, 1.6047, 4.9588],
      [3.6646, 1.5419, 3.6448],
      [4.0983, 1.5173, 2.9898],
      [4.5844, 1.5338, 2.8796],
      [5.0722, 1.5634, 2.9472],
      [5.53, 1.5914, 3.0392],
    ],
    large: [
      [2.5261, 6.1654, -3.7956, -6.0285],
      [2.85, 5.272, -3.6622, -5.1695],
      [3.221, 5.255, -3.2685, -4.1501],
      [3.652, 5.9758, -2.7483, -3.2081],
      [4.0712, 6.6428, -2.3464, -2.546],
      [4.4735, 7.1757, -2.0681, -2.1196],
    ],
  },
  ctt: {
    highest: [0.54, 0.79, 1.08, 1.43, 3.49, 1.92],
    lowest: [-17.17, -21.1, -24.33, -24.03, -24.33, -28.22],
    star: [-3.21, -3.51, -3.81, -3.83, -4.12, -4.63],
    small: [
      [4.0003, 1.658, 4.8288],
      [4.3534, 1.6016, 3.7947],
      [4.7343, 1.5768, 3.2396],
      [5.214, 1.6077, 3.3449],
      [5.6481, 1.6274, 3.3455],
      [5.9296, 1.5929, 2.8223],
    ],
    large: [
      [3.0778, 4.9529, -4.1477, -5.9359],
      [3.4713, 5.967, -3.2507, -4.2286],
      [3.8637, 6.7852, -2.6286, -3.1381],
      [4.2736, 7.6199, -2.1534, -2.4026],
      [4.6679, 8.2618, -1.822, -1.9147],
      [5.0009, 8.3735, -1.6994, -1.6928],
    ],
  },
}

/** For n times the coefficient: the small polynomial is in ln |z|. */
const RHO: Readonly<Record<Trend, Surface>> = {
  n: {
    highest: [Infinity],
    lowest: [-Infinity],
    star: [-1.79146],
    small: [[0.05872, -0.69633, 0.02471, -0.04283]],
    large: [[0.56681, 0.67544, 0.06881, 0.00235]],
  },
  c: {
    highest: [Infinity],
    lowest: [-Infinity],
    star: [-5.04709],
    small: [[1.94205, -1.47677, 0.21163, -0.06288]],
    large: [[1.70059, 0.49465, 0.02636, 0.00055]],
  },
  ct: {
    highest: [Infinity],
    lowest: [-Infinity],
    star: [-9.22766],
    small: [[4.05596, -2.34128, 0.41403, -0.08312]],
    large: [[2.60323, 0.39217, 0.01321, 0.00019]],
  },
  ctt: {
    highest: [Infinity],
    lowest: [-Infinity],
    star: [-12.88512],
    small: [[5.68974, -2.98948, 0.55752, -0.09629]],
    large: [[3.2269, 0.34323, 0.00887, 0.0001]],
  },
}

const GLS: Readonly<Record<'c' | 'ct', Surface>> = {
  c: {
    highest: [13.365361509140614],
    lowest: [-17.561302895074206],
    star: [-0.4795076091714674],
    small: [[0.67422739, 1.25475826, 0.03572509]],
    large: [[0.50612497, 0.98305664, -0.05648525, 0.00140875]],
  },
  ct: {
    highest: [8.73743383728356],
    lowest: [-13.681153542634465],
    star: [-2.1960404365401298],
    small: [[2.38767685, 1.57454737, 0.05754439]],
    large: [[2.60561421, 1.67850224, 0.0373599, -0.01017936]],
  },
}

const CRITICAL: Readonly<Record<Trend, readonly (readonly (readonly number[])[])[]>> = {
  n: [
    [
      [-2.56574, -2.2358, -3.627, 0],
      [-1.941, -0.2686, -3.365, 31.223],
      [-1.61682, 0.2656, -2.714, 25.364],
    ],
  ],
  c: [
    [
      [-3.43035, -6.5393, -16.786, -79.433],
      [-2.86154, -2.8903, -4.234, -40.04],
      [-2.56677, -1.5384, -2.809, 0],
    ],
    [
      [-3.89644, -10.9519, -33.527, 0],
      [-3.33613, -6.1101, -6.823, 0],
      [-3.04445, -4.2412, -2.72, 0],
    ],
    [
      [-4.29374, -14.4354, -33.195, 47.433],
      [-3.74066, -8.5632, -10.852, 27.982],
      [-3.45218, -6.2143, -3.718, 0],
    ],
    [
      [-4.64332, -18.1031, -37.972, 0],
      [-4.096, -11.2349, -11.175, 0],
      [-3.8102, -8.3931, -4.137, 0],
    ],
    [
      [-4.95756, -21.8883, -45.142, 0],
      [-4.41519, -14.0405, -12.575, 0],
      [-4.13157, -10.7417, -3.784, 0],
    ],
    [
      [-5.24568, -25.6688, -57.737, 88.639],
      [-4.70693, -16.9178, -17.492, 60.007],
      [-4.42501, -13.1875, -5.104, 27.877],
    ],
    [
      [-5.51233, -29.576, -69.398, 164.295],
      [-4.97684, -19.9021, -22.045, 110.761],
      [-4.69648, -15.7315, -5.104, 27.877],
    ],
    [
      [-5.76202, -33.5258, -82.189, 256.289],
      [-5.22924, -23.0023, -24.646, 144.479],
      [-4.95007, -18.3959, -7.344, 94.872],
    ],
    [
      [-5.99742, -37.6572, -87.365, 248.316],
      [-5.46697, -26.2057, -26.627, 176.382],
      [-5.18897, -21.1377, -9.484, 172.704],
    ],
    [
      [-6.22103, -41.7154, -102.68, 389.33],
      [-5.69244, -29.4521, -30.994, 251.016],
      [-5.41533, -24.0006, -7.514, 163.049],
    ],
    [
      [-6.43377, -46.0084, -106.809, 352.752],
      [-5.90714, -32.8336, -30.275, 249.994],
      [-5.63086, -26.9693, -4.083, 151.427],
    ],
    [
      [-6.6379, -50.2095, -124.156, 579.622],
      [-6.11279, -36.2681, -32.505, 314.802],
      [-5.83724, -29.9864, -2.686, 184.116],
    ],
  ],
  ct: [
    [
      [-3.95877, -9.0531, -28.428, -134.155],
      [-3.41049, -4.3904, -9.036, -45.374],
      [-3.12705, -2.5856, -3.925, -22.38],
    ],
    [
      [-4.32762, -15.4387, -35.679, 0],
      [-3.78057, -9.5106, -12.074, 0],
      [-3.49631, -7.0815, -7.538, 21.892],
    ],
    [
      [-4.66305, -18.7688, -49.793, 104.244],
      [-4.1189, -11.8922, -19.031, 77.332],
      [-3.83511, -9.0723, -8.504, 35.403],
    ],
    [
      [-4.9694, -22.4694, -52.599, 51.314],
      [-4.42871, -14.5876, -18.228, 39.647],
      [-4.14633, -11.25, -9.873, 54.109],
    ],
    [
      [-5.25276, -26.2183, -59.631, 50.646],
      [-4.71537, -17.3569, -22.66, 91.359],
      [-4.43422, -13.6078, -10.238, 76.781],
    ],
    [
      [-5.51727, -29.976, -75.222, 202.253],
      [-4.98228, -20.305, -25.224, 132.03],
      [-4.70233, -16.1253, -9.836, 94.272],
    ],
    [
      [-5.76537, -33.9165, -84.312, 245.394],
      [-5.23299, -23.3328, -28.955, 182.342],
      [-4.95405, -18.7352, -10.168, 120.575],
    ],
    [
      [-6.00003, -37.8892, -96.428, 335.92],
      [-5.46971, -26.4771, -31.034, 220.165],
      [-5.19183, -21.4328, -10.726, 157.955],
    ],
    [
      [-6.22288, -41.9496, -109.881, 466.068],
      [-5.69447, -29.7152, -33.784, 273.002],
      [-5.41738, -24.2882, -8.584, 169.891],
    ],
    [
      [-6.43551, -46.1151, -120.814, 566.823],
      [-5.90887, -33.0251, -37.208, 346.189],
      [-5.63255, -27.2042, -6.792, 177.666],
    ],
    [
      [-6.63894, -50.4287, -128.997, 642.781],
      [-6.11404, -36.461, -36.246, 348.554],
      [-5.8385, -30.1995, -5.163, 210.338],
    ],
    [
      [-6.83488, -54.7119, -139.8, 736.376],
      [-6.31127, -39.9676, -37.021, 406.051],
      [-6.0365, -33.2381, -6.606, 317.776],
    ],
  ],
  ctt: [
    [
      [-4.37113, -11.5882, -35.819, -334.047],
      [-3.83239, -5.9057, -12.49, -118.284],
      [-3.55326, -3.6596, -5.293, -63.559],
    ],
    [
      [-4.69276, -20.2284, -64.919, 88.884],
      [-4.15387, -13.3114, -28.402, 72.741],
      [-3.87346, -10.4637, -17.408, 66.313],
    ],
    [
      [-4.99071, -23.5873, -76.924, 184.782],
      [-4.45311, -15.7732, -32.316, 122.705],
      [-4.1728, -12.4909, -17.912, 83.285],
    ],
    [
      [-5.2678, -27.2836, -78.971, 137.871],
      [-4.73244, -18.4833, -31.875, 111.817],
      [-4.45268, -14.7199, -17.969, 101.92],
    ],
    [
      [-5.52826, -30.9051, -92.49, 248.096],
      [-4.99491, -21.236, -37.685, 194.208],
      [-4.71587, -17.082, -18.631, 136.672],
    ],
    [
      [-5.77379, -34.701, -105.937, 393.991],
      [-5.24217, -24.2177, -39.153, 232.528],
      [-4.96397, -19.6064, -18.858, 174.919],
    ],
    [
      [-6.00609, -38.7383, -108.605, 365.208],
      [-5.47664, -27.3005, -39.498, 246.918],
      [-5.19921, -22.2617, -17.91, 208.494],
    ],
    [
      [-6.22758, -42.7154, -119.622, 421.395],
      [-5.69983, -30.4365, -44.3, 345.48],
      [-5.4232, -24.9686, -19.688, 274.462],
    ],
    [
      [-6.43933, -46.7581, -136.691, 651.38],
      [-5.91298, -33.7584, -42.686, 346.629],
      [-5.63704, -27.8965, -13.88, 236.975],
    ],
    [
      [-6.64235, -50.9783, -145.462, 752.228],
      [-6.11753, -37.056, -48.719, 473.905],
      [-5.84215, -30.8119, -14.938, 316.006],
    ],
    [
      [-6.83743, -55.2861, -152.651, 792.577],
      [-6.31396, -40.5507, -46.771, 487.185],
      [-6.03921, -33.895, -9.122, 285.164],
    ],
    [
      [-7.02582, -59.6037, -166.368, 989.879],
      [-6.50353, -44.0797, -47.242, 543.889],
      [-6.22941, -36.9673, -10.868, 418.414],
    ],
  ],
}

const CRITICAL_RHO: Readonly<Record<Trend, readonly (readonly number[])[]>> = {
  n: [
    [-13.30499, 331.55385, -8807.11008, 88544.76648],
    [-7.82957, 222.75548, -5863.14998, 58024.48295],
    [-5.57486, 170.79065, -4422.48027, 43264.68244],
  ],
  c: [
    [-20.6258, 119.28619, -442.99517, 1082.9222],
    [-14.09457, 58.46106, -164.08684, 479.02908],
    [-11.25118, 38.48786, -87.62853, 246.93531],
  ],
  ct: [
    [-29.3568, 232.33249, -1171.21447, 3166.83631],
    [-21.71085, 130.15894, -504.95264, 1170.38109],
    [-18.24475, 93.25896, -305.14509, 581.02963],
  ],
  ctt: [
    [-36.5955, 354.30552, -2214.58403, 7401.70512],
    [-28.11176, 212.46258, -1067.94737, 3169.14023],
    [-24.18572, 158.63387, -695.72916, 1833.08527],
  ],
}

const CRITICAL_GLS: Readonly<Record<'c' | 'ct', readonly (readonly number[])[]>> = {
  c: [
    [-2.56781793, -20.5575392, 182.727674, -1778.66664],
    [-1.94363325, -21.7272746, 260.815068, -2269.14916],
    [-1.61998241, -23.2734708, 306.474378, -2574.83557],
  ],
  ct: [
    [-3.40689134, -21.69971242, 27.26295939, -816.84404772],
    [-2.84677178, -19.69109364, 84.7664136, -799.40722401],
    [-2.55890707, -19.42621991, 116.53759752, -840.31342847],
  ],
}

const polynomial = (coefficients: readonly number[], x: number, scale: readonly number[] = []): number =>
  coefficients.reduceRight((value, each, i) => value * x + each * (scale[i] ?? 1), 0)

function surfaceP(
  surface: Surface,
  statistic: number,
  series: number,
  transform = (x: number): number => x,
  scales: readonly (readonly number[])[] = [[], []],
): number {
  const i = series - 1
  if (i < 0 || i >= surface.small.length)
    throw new MathError('out-of-domain', `p-values are tabulated for 1 to ${surface.small.length} series, not ${series}`)
  if (statistic > surface.highest[i]) return 1
  if (statistic < surface.lowest[i]) return 0
  return statistic <= surface.star[i]
    ? normalCdf(polynomial(surface.small[i], transform(statistic), scales[0]))
    : normalCdf(polynomial(surface.large[i], statistic, scales[1]))
}

/** P(tau <= statistic) of the t-ratio, for `series` integrated series (1 to 6). */
export function dickeyFullerP(statistic: number, trend: Trend, series = 1): number {
  return surfaceP(TAU[trend], statistic, series, undefined, [SMALL, LARGE])
}

/** P(n (rho - 1) <= statistic) of the normalised coefficient. */
export function dickeyFullerRhoP(statistic: number, trend: Trend): number {
  return surfaceP(RHO[trend], statistic, 1, (z) => Math.log(Math.abs(z)))
}

/** P(tau <= statistic) of the t-ratio after GLS detrending. */
export function dickeyFullerGlsP(statistic: number, trend: 'c' | 'ct'): number {
  return surfaceP(GLS[trend], statistic, 1)
}

function criticalValuesOf(rows: readonly (readonly number[])[], observations: number): CriticalValues {
  const [one, five, ten] = rows.map((row) => polynomial(row, 1 / observations))
  return { one, five, ten }
}

/** Critical values of the t-ratio with `observations` rows in the regression, for `series` integrated series (1 to 12). */
export function dickeyFullerCritical(trend: Trend, observations: number, series = 1): CriticalValues {
  const tables = CRITICAL[trend]
  const rows = tables[series - 1] as (typeof tables)[number] | undefined
  if (rows === undefined)
    throw new MathError('out-of-domain', `critical values are tabulated for 1 to ${tables.length} series here, not ${series}`)
  return criticalValuesOf(rows, observations)
}

/** Critical values of the normalised coefficient. */
export function dickeyFullerRhoCritical(trend: Trend, observations: number): CriticalValues {
  return criticalValuesOf(CRITICAL_RHO[trend], observations)
}

/** Critical values after GLS detrending. */
export function dickeyFullerGlsCritical(trend: 'c' | 'ct', observations: number): CriticalValues {
  return criticalValuesOf(CRITICAL_GLS[trend], observations)
}
