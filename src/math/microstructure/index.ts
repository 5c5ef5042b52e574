/** Order flow and liquidity. */

