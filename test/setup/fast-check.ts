/** Property tests draw from a fixed seed, so that a green tree stays green; `FC_SEED=random` or a number explores others. */
import fc from 'fast-check'

const wanted = process.env['FC_SEED']
const seed = wanted === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(wanted ?? 20_260_101)
if (wanted !== undefined) console.log(`FC_SEED=${seed}`)
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed })
